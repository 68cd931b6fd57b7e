"""Who may view a page: its own restriction and those of everything above it, asked of Confluence without search lag.

What only some may view must not be shown in a review, which others see. Where Confluence does not tell, that counts as
not open to all: its restriction endpoint says nothing about folders (CONFCLOUD-82920), whiteboards, databases and
embeds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from typing import Protocol

from common.atlassian.confluence_client import COLLECTIONS, Ancestor, ConfluencePage
from common.atlassian.http_client import NotFound, RequestRefused
from common.domain.document import StoredSelection
from common.runtime.deadline import propagate_deadline
from common.runtime.errors import PermanentFailure

#: Requests that are under way at once.
_AT_ONCE = 10


class Access(StrEnum):
    """Who may view a page, as far as Confluence tells."""

    OPEN = "open"
    RESTRICTED = "restricted"
    UNKNOWN = "unknown"


class Closed(PermanentFailure):
    """A review would show a page that only a person may choose, and none has named it."""


class Placed(Protocol):
    """A page with its place in the tree."""

    @property
    def page_id(self) -> str:
        """The page's id, ``""`` for a page that is still to be created."""

    @property
    def parent_id(self) -> str | None:
        """The id of what it hangs below, None at the top of its space."""


class RestrictionReader(Protocol):
    """What is asked of Confluence; common.atlassian.confluence_client.ConfluenceClient gives it."""

    def pages(self, page_ids: Iterable[str]) -> tuple[ConfluencePage, ...]:
        """Return the pages of these ids that exist, with bodies."""

    def ancestors(self, page_id: str) -> tuple[Ancestor, ...]:
        """Return everything above a page, the highest first."""

    def is_restricted(self, content_id: str) -> bool | None:
        """Say whether reading a page is restricted, apart from those above it; None where the answer does not tell."""


class Restrictions:
    """The view restrictions of some pages and of all above them; each place is asked about once.

    What was read stays as it was: make another one for another look. With ``trust_folders`` places that are no pages
    count as open where Confluence tells nothing about them.
    """

    def __init__(self, confluence: RestrictionReader, *, trust_folders: bool) -> None:
        self._confluence, self._trust_folders = confluence, trust_folders
        #: What a page in this place has above it.
        self._above: dict[tuple[str | None, str], tuple[Ancestor, ...]] = {}
        #: Pages of which Confluence does not tell what is above them.
        self._hidden: set[str] = set()
        self._access: dict[Ancestor, Access] = {}

    def of(self, pages: Sequence[Placed]) -> list[Access]:
        """Say for each page who may view it: the nearest place that is not open to all decides."""
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as threads:
            # Pages with one parent have the same above them, so one of each is asked first.
            for group in ({_place(page): page for page in pages}.values(), pages):
                asked = [page for page in group if not self._is_known(page)]
                for page, above in zip(
                    asked, threads.map(propagate_deadline(self._ancestors), asked), strict=True
                ):
                    self._keep(page, above)
            places = list({place for page in pages for place in self._upwards(page)} - self._access.keys())
            self._access |= zip(places, threads.map(propagate_deadline(self._ask), places), strict=True)
        return [self._nearest(page) for page in pages]

    def _is_known(self, page: Placed) -> bool:
        return not page.page_id or page.page_id in self._hidden or _place(page) in self._above

    def _ancestors(self, page: Placed) -> tuple[Ancestor, ...] | None:
        """Return what is above a page, or None where not all of it is told: some is hidden, or it was just moved."""
        try:
            above = self._confluence.ancestors(page.page_id)
        except NotFound:
            return None
        parent_id = above[-1].content_id if above else None
        return above if parent_id == page.parent_id else None

    def _keep(self, page: Placed, above: tuple[Ancestor, ...] | None) -> None:
        if above is None:
            self._hidden.add(page.page_id)
            return
        self._above[_place(page)] = above
        for number, place in enumerate(above, 1):
            self._above[place.content_id, ""] = above[:number]

    def _upwards(self, page: Placed) -> tuple[Ancestor, ...]:
        """Return a page and what is above it, the nearest first; nothing for one that is hidden or not created yet."""
        if not page.page_id or page.page_id in self._hidden:
            return ()
        return (Ancestor(page.page_id, "page"), *reversed(self._above[_place(page)]))

    def _ask(self, place: Ancestor) -> Access:
        is_page = place.kind == "page"
        try:
            is_restricted = self._confluence.is_restricted(place.content_id)
        except NotFound:
            is_restricted = None
        except RequestRefused:
            if is_page:
                raise
            is_restricted = None  # it takes no such question about a folder
        if is_restricted or (is_page and is_restricted is None):
            return Access.RESTRICTED
        is_trusted = self._trust_folders and place.kind in COLLECTIONS
        return Access.OPEN if is_page or is_trusted else Access.UNKNOWN

    def _nearest(self, page: Placed) -> Access:
        if page.page_id in self._hidden:
            return Access.RESTRICTED
        found = (self._access[place] for place in self._upwards(page))
        return next((access for access in found if access is not Access.OPEN), Access.OPEN)


def _place(page: Placed) -> tuple[str | None, str]:
    """Name the place of a page: what is above it is the same for all pages with one parent."""
    return page.parent_id, "" if page.parent_id else page.page_id


def only_if_named(access: Access, *, is_live: bool) -> str:
    """Say why a page is edited only where a person named it, ``""`` where no one has to."""
    if access is Access.RESTRICTED:
        return "not everyone may view it"
    if access is Access.UNKNOWN:
        return "it is below a folder, whiteboard, database or embed, and Confluence does not say who may view that"
    return "it is a live doc, where an edit is public at once" if is_live else ""


def refuse_if_closed_since(
    choices: Mapping[str, StoredSelection], confluence: RestrictionReader, *, trust_folders: bool
) -> tuple[ConfluencePage, ...]:
    """Raise Closed where a page that was found may not be shown any more; one that a person has named may be.

    ``choices`` say by page id why each page was chosen. Returned are the pages that were looked at: not those that a
    person has named, nor those that are gone.
    """
    found = [page_id for page_id, choice in choices.items() if choice.decided_by != "named"]
    pages = confluence.pages(found)
    access = Restrictions(confluence, trust_folders=trust_folders).of(pages)
    for page, its in zip(pages, access, strict=True):
        if reason := only_if_named(its, is_live=page.is_live):
            raise Closed(
                f"page {page.page_id} cannot be shown in a review any more: {reason}. To proceed anyway, add the label "
                f"docs:{page.page_id} to the ticket, then close the ticket again"
            )
    return pages


def open_title(page_id: str | None, confluence: RestrictionReader, *, trust_folders: bool) -> str:
    """Return the title of a page that everyone may view, ``""`` of any other and of what is no page."""
    pages = confluence.pages([page_id] if page_id else [])
    access = Restrictions(confluence, trust_folders=trust_folders).of(pages)
    return next((page.title for page, its in zip(pages, access, strict=True) if its is Access.OPEN), "")
