"""Chooses the page that shows a model how pages of the space are written, for the first draft of a new page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from common import storage_format as sf
from common.atlassian.confluence_client import ConfluencePage
from common.atlassian.page_restrictions import Access, RestrictionReader, Restrictions
from common.domain.document import Document
from handlers.document_orchestrator.drafting.new_page_prompt import Sample

#: A page with fewer blocks, such as a list of its children, shows no style.
MIN_BLOCKS = 4


class SamplePages(RestrictionReader, Protocol):
    """The reads of Confluence in this invocation."""

    def known(self, page_ids: Iterable[str]) -> tuple[ConfluencePage, ...]:
        """Return those of these pages that were read already."""


def style_sample(
    document: Document, pages: SamplePages, *, is_parent_open: bool, trust_folders: bool
) -> Sample | None:
    """Return a page beside the new one, else the page above it, else the nearest candidate; None without one.

    Only pages that everyone may view are taken; the page above was checked with ``is_parent_open``. Where page
    selection has just read and checked its candidates, nothing is requested. A draft that is made again in a later
    invocation reads and checks them again, so that it is made from the same sample.
    """
    candidates = [each.page_id for each in document.choice.candidates if each.page_id and not each.left_out]
    read = pages.known(candidates)
    if candidates and not read:
        read = _open_ones(pages.pages(candidates), pages, trust_folders)
    if document.parent_id and document.parent_id not in candidates and is_parent_open:
        read += pages.known([document.parent_id])
    shown = [page for page in read if _shows_style(page)]
    beside = [page for page in shown if document.parent_id and page.parent_id == document.parent_id]
    above = [page for page in shown if page.page_id == document.parent_id]
    chosen = next(iter([*beside, *above, *shown]), None)
    return Sample(chosen.title, sf.to_markdown(chosen.storage).strip()) if chosen else None


def _open_ones(
    read: Sequence[ConfluencePage], pages: RestrictionReader, trust_folders: bool
) -> tuple[ConfluencePage, ...]:
    accesses = Restrictions(pages, trust_folders=trust_folders).of(read)
    return tuple(page for page, access in zip(read, accesses, strict=True) if access is Access.OPEN)


def _shows_style(page: ConfluencePage) -> bool:
    try:
        return len(sf.parse(page.storage).blocks) >= MIN_BLOCKS
    except sf.MalformedStorage:
        return False
