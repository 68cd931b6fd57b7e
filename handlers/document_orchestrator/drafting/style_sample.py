"""Chooses the page that shows a model how pages of the space are written, for the first draft of a new page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from common import storage_format as sf
from common.atlassian.confluence_client import ConfluencePage
from common.domain.document import Document
from handlers.document_orchestrator.drafting.new_page_prompt import Sample

#: A page with fewer blocks, such as a list of its children, shows no style.
MIN_BLOCKS = 4


class KnownPages(Protocol):
    """The pages that were read in this invocation."""

    def known(self, page_ids: Iterable[str]) -> tuple[ConfluencePage, ...]:
        """Return those of these pages that were read already."""


def style_sample(document: Document, pages: KnownPages, *, is_parent_open: bool) -> Sample | None:
    """Return a page beside the new one, else the page above it, else the nearest candidate; None if none was read.

    Only pages that everyone may view are taken: candidates of its page selection, and the page above it if that is
    open. Nothing is requested for this: a draft that is made again in another invocation has the page above at most.
    """
    candidates = [each.page_id for each in document.choice.candidates if each.page_id and not each.left_out]
    parent = [document.parent_id] if document.parent_id and is_parent_open else []
    read = [page for page in pages.known([*candidates, *parent]) if _shows_style(page)]
    beside = [page for page in read if document.parent_id and page.parent_id == document.parent_id]
    above = [page for page in read if page.page_id == document.parent_id]
    chosen = next(iter([*beside, *above, *read]), None)
    return Sample(chosen.title, sf.to_markdown(chosen.storage).strip()) if chosen else None


def _shows_style(page: ConfluencePage) -> bool:
    try:
        return len(sf.parse(page.storage).blocks) >= MIN_BLOCKS
    except sf.MalformedStorage:
        return False
