"""View restrictions: who may view a page, from its own restriction and those of all its ancestors, without search lag.

A page that only some people may view must not be shown in a review, which others can see. Where Confluence returns no
restrictions, a page does not count as open: the restriction endpoint says nothing about folders (CONFCLOUD-82920),
whiteboards, databases and embeds.
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

#: Number of parallel requests.
_MAX_PARALLEL = 10


class Access(StrEnum):
    """Who may view a page: everyone, only some, or unknown because Confluence does not say."""

    OPEN = "open"
    RESTRICTED = "restricted"
    UNKNOWN = "unknown"


class PageRequiresLabel(PermanentFailure):
    """The page is restricted or live: it may be edited only if a person names it, by a label ``docs:`` or a link."""


class PageInTree(Protocol):
    """A page and its parent in the page tree."""

    @property
    def page_id(self) -> str:
        """The page's id; ``""`` for a page that does not exist yet."""

    @property
    def parent_id(self) -> str | None:
        """The id of its parent; None at the top of its space."""


class RestrictionReader(Protocol):
    """The requests to Confluence that are used; implemented by common.atlassian.confluence_client.ConfluenceClient."""

    def pages(self, page_ids: Iterable[str]) -> tuple[ConfluencePage, ...]:
        """Return the pages of these ids that exist, with bodies."""

    def ancestors(self, page_id: str) -> tuple[Ancestor, ...]:
        """Return all ancestors of a page, the highest first."""

    def is_restricted(self, content_id: str) -> bool | None:
        """Say whether viewing a page is restricted, apart from its ancestors; None if Confluence does not say."""


class Restrictions:
    """The view restrictions of pages and all their ancestors; each is requested once and cached.

    Create a new instance to read them again. With ``trust_folders``, folders and other ancestors that are not pages
    count as open if Confluence returns no restrictions for them.
    """

    def __init__(self, confluence: RestrictionReader, *, trust_folders: bool) -> None:
        self._confluence, self._trust_folders = confluence, trust_folders
        #: The ancestors of a page, by ``_place``.
        self._above: dict[tuple[str | None, str], tuple[Ancestor, ...]] = {}
        #: Pages whose ancestors our account cannot see completely.
        self._hidden: set[str] = set()
        self._access: dict[Ancestor, Access] = {}

    def of(self, pages: Sequence[PageInTree]) -> list[Access]:
        """Return the access of each page: that of the nearest ancestor, or the page itself, that is not open."""
        with ThreadPoolExecutor(max_workers=_MAX_PARALLEL) as threads:
            # Pages with the same parent share their ancestors, so one page per parent is requested first.
            for group in ({_place(page): page for page in pages}.values(), pages):
                asked = [page for page in group if not self._is_known(page)]
                for page, above in zip(
                    asked, threads.map(propagate_deadline(self._ancestors), asked), strict=True
                ):
                    self._keep(page, above)
            places = list({place for page in pages for place in self._upwards(page)} - self._access.keys())
            self._access |= zip(places, threads.map(propagate_deadline(self._ask), places), strict=True)
        return [self._nearest(page) for page in pages]

    def _is_known(self, page: PageInTree) -> bool:
        return not page.page_id or page.page_id in self._hidden or _place(page) in self._above

    def _ancestors(self, page: PageInTree) -> tuple[Ancestor, ...] | None:
        """Return a page's ancestors; None if some are hidden from our account, or the page was just moved."""
        try:
            above = self._confluence.ancestors(page.page_id)
        except NotFound:
            return None
        parent_id = above[-1].content_id if above else None
        return above if parent_id == page.parent_id else None

    def _keep(self, page: PageInTree, above: tuple[Ancestor, ...] | None) -> None:
        if above is None:
            self._hidden.add(page.page_id)
            return
        self._above[_place(page)] = above
        for number, place in enumerate(above, 1):
            self._above[place.content_id, ""] = above[:number]

    def _upwards(self, page: PageInTree) -> tuple[Ancestor, ...]:
        """Return a page and its ancestors, the nearest first; nothing for a hidden page or one to be created."""
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
            is_restricted = None  # the endpoint refuses requests about folders
        if is_restricted or (is_page and is_restricted is None):
            return Access.RESTRICTED
        is_trusted = self._trust_folders and place.kind in COLLECTIONS
        return Access.OPEN if is_page or is_trusted else Access.UNKNOWN

    def _nearest(self, page: PageInTree) -> Access:
        if page.page_id in self._hidden:
            return Access.RESTRICTED
        found = (self._access[place] for place in self._upwards(page))
        return next((access for access in found if access is not Access.OPEN), Access.OPEN)


def _place(page: PageInTree) -> tuple[str | None, str]:
    """Return a key that pages with the same ancestors share: the parent, or the page itself at the top of a space."""
    return page.parent_id, "" if page.parent_id else page.page_id


def label_required_reason(access: Access, *, is_live: bool) -> str:
    """Return why a page may be edited only if a person names it; ``""`` if that is not required."""
    if access is Access.RESTRICTED:
        return "not everyone may view it"
    if access is Access.UNKNOWN:
        return (
            "it is below a folder, whiteboard, database or embed, and Confluence does not say who may view it"
        )
    return "it is a live doc, where an edit is public at once" if is_live else ""


def recheck_restrictions(
    choices: Mapping[str, StoredSelection], confluence: RestrictionReader, *, trust_folders: bool
) -> tuple[ConfluencePage, ...]:
    """Raise PageRequiresLabel if a page that search selected may no longer be shown in a review.

    ``choices`` holds the stored selection of each page by its id. Pages that a person named are not checked. Returns
    the checked pages that still exist.
    """
    found = [page_id for page_id, choice in choices.items() if choice.decided_by != "named"]
    pages = confluence.pages(found)
    access = Restrictions(confluence, trust_folders=trust_folders).of(pages)
    for page, its in zip(pages, access, strict=True):
        if reason := label_required_reason(its, is_live=page.is_live):
            raise PageRequiresLabel(
                f"page {page.page_id} cannot be shown in a review any more: {reason}. To proceed anyway, add the label "
                f"docs:{page.page_id} to the ticket, then close the ticket again"
            )
    return pages


def open_title(page_id: str | None, confluence: RestrictionReader, *, trust_folders: bool) -> str:
    """Return the title of a page that everyone may view; ``""`` for any other page and for None."""
    pages = confluence.pages([page_id] if page_id else [])
    access = Restrictions(confluence, trust_folders=trust_folders).of(pages)
    return next((page.title for page, its in zip(pages, access, strict=True) if its is Access.OPEN), "")
