"""A new page follows a page beside it, else the one above, else a candidate; never one that not everyone may view."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest

from common.atlassian.confluence_client import Ancestor, ConfluencePage
from common.domain.document import Document, DocumentKind, DocumentStatus, ScoredPage, StoredSelection
from handlers.document_orchestrator.drafting.style_sample import style_sample

LONG = "<p>One.</p><p>Two.</p><p>Three.</p><p>Four.</p>"


def page(page_id: str, parent: str | None, storage: str = LONG) -> ConfluencePage:
    return ConfluencePage(
        page_id=page_id, title=f"Page {page_id}", space_id="1", parent_id=parent, status="current", version=1,
        author_id="", storage=storage, url="",
    )  # fmt: skip


class Pages:
    """The pages of a site: ``read`` in this invocation already, or ``later``, when they are checked again."""

    def __init__(self, *read: ConfluencePage, later: Sequence[ConfluencePage] = (), hidden: str = "") -> None:
        self.read, self.later, self.hidden = read, later, hidden

    def known(self, page_ids: Iterable[str]) -> tuple[ConfluencePage, ...]:
        wanted = set(page_ids)
        return tuple(each for each in self.read if each.page_id in wanted)

    def pages(self, page_ids: Iterable[str]) -> tuple[ConfluencePage, ...]:
        wanted = set(page_ids)
        return tuple(each for each in (*self.read, *self.later) if each.page_id in wanted)

    def places(self, page_ids: Iterable[str]) -> tuple[ConfluencePage, ...]:
        return ()

    def ancestors(self, page_id: str) -> tuple[Ancestor, ...]:
        [found] = self.pages([page_id])
        return (Ancestor(found.parent_id, "page"),) if found.parent_id else ()

    def restricted(self, page_ids: Sequence[str]) -> dict[str, bool]:
        return {page_id: page_id == self.hidden for page_id in page_ids}

    def is_restricted(self, content_id: str) -> bool:
        return content_id == self.hidden


def sample(pages: Pages, *, parent: str | None = "9", is_open: bool = True, left_out: str = "") -> str | None:
    """Return the title of the sample for a page below ``parent``; all pages but the parent are candidates."""
    candidates = [
        ScoredPage(each.page_id, each.title, 1.0, left_out=left_out)
        for each in (*pages.read, *pages.later)
        if each.page_id != parent
    ]
    choice = StoredSelection("new", None, "model", tuple(candidates), ())
    document = Document(
        document_id="doc", kind=DocumentKind.CREATE, status=DocumentStatus.DRAFTING, space_id="1", title="New",
        choice=choice, created_at=0, parent_id=parent,
    )  # fmt: skip
    found = style_sample(document, pages, is_parent_open=is_open, trust_folders=False)
    return found.title if found else None


OTHER, BESIDE, ABOVE = page("1", "5"), page("2", "9"), page("9", None)


@pytest.mark.parametrize(
    ("read", "chosen"),
    [
        ((OTHER, BESIDE, ABOVE), "Page 2"),
        ((OTHER, ABOVE), "Page 9"),
        ((OTHER,), "Page 1"),
        ((page("2", "9", "<p>Short</p>"), ABOVE), "Page 9"),
        ((page("2", "9", "<p>Broken"),), None),
        ((), None),
    ],
)
def test_the_nearest_page_is_the_sample(read: tuple[ConfluencePage, ...], chosen: str | None) -> None:
    assert sample(Pages(*read)) == chosen


def test_pages_that_not_everyone_may_view_are_none() -> None:
    assert sample(Pages(ABOVE), is_open=False) is None
    assert sample(Pages(BESIDE), left_out="not everyone may view it") is None


def test_a_later_invocation_has_the_same_sample_if_it_is_still_open() -> None:
    """The candidates are not known there; they are read, and their restrictions with them."""
    assert sample(Pages(later=[OTHER, BESIDE])) == "Page 2"
    assert sample(Pages(later=[OTHER, BESIDE], hidden="2")) == "Page 1"
    assert sample(Pages(later=[BESIDE], hidden="9")) is None
