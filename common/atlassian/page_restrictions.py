"""Finds out who may view a page, from the view restrictions of the page and of all ancestors.

A page that only some people may view must not be shown in a review, because others can see the review. The restriction
endpoint returns nothing for folders (CONFCLOUD-82920), whiteboards, databases and embeds, so a page below one of these
does not count as open.

The restrictions of all pages are read in one search by their ids, which returns the pages' own restrictions. (Whether a
page has one is not in the search index; but a page may be missing there, because the index lags.) A page that is
missing in the answer, or without its restrictions, is asked for by itself, and never counts as open otherwise.
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
    """The page is restricted or live: Kinexus edits it only if a person names it, by a ``docs:`` label or a link."""


class PageInTree(Protocol):
    """A page and its parent in the page tree."""

    @property
    def page_id(self) -> str:
        """The page's id; ``""`` for a page that does not exist yet."""

    @property
    def parent_id(self) -> str | None:
        """The id of the parent; None for a page at the top of the space."""


class RestrictionReader(Protocol):
    """The requests to Confluence for restrictions; common.atlassian.confluence_client.ConfluenceClient makes them."""

    def pages(self, page_ids: Iterable[str]) -> tuple[ConfluencePage, ...]:
        """Return the pages of these ids that exist, with bodies."""

    def places(self, page_ids: Iterable[str]) -> tuple[ConfluencePage, ...]:
        """Return the pages of these ids that exist, without bodies."""

    def ancestors(self, page_id: str) -> tuple[Ancestor, ...]:
        """Return all ancestors of a page, the highest first."""

    def restricted(self, page_ids: Sequence[str]) -> dict[str, bool]:
        """Return whether pages themselves have a view restriction, without those that Confluence does not tell."""

    def is_restricted(self, content_id: str) -> bool | None:
        """Return whether a page itself has a view restriction; None if Confluence does not say."""


class Restrictions:
    """The view restrictions of pages and all their ancestors. Each is requested once and cached.

    A new instance requests them again. With ``trust_folders``, folders and other ancestors that are not pages
    count as open if Confluence returns no restrictions for them.
    """

    def __init__(self, confluence: RestrictionReader, *, trust_folders: bool) -> None:
        self._confluence, self._trust_folders = confluence, trust_folders
        #: The ancestors of a page, the highest first, by ``_ancestors_key``.
        self._ancestors_by_key: dict[tuple[str | None, str], tuple[Ancestor, ...]] = {}
        #: Pages with an ancestor that the Kinexus account cannot see.
        self._hidden: set[str] = set()
        #: The access of a page or ancestor by its own restriction.
        self._own_access: dict[Ancestor, Access] = {}

    def of(self, pages: Sequence[PageInTree], likely: Iterable[str] = ()) -> list[Access]:
        """Return the access of each page: ``OPEN`` if the page and all ancestors are open.

        Otherwise the access of the nearest one that is not open, beginning with the page itself. ``likely`` are ids of
        pages that are probably ancestors: their places in the tree are read in one request.
        """
        parents = {page.parent_id for page in pages if page.page_id and not self._has_ancestors(page)}
        if any(parents):
            places = self._confluence.places(sorted({*likely, *filter(None, parents)} - {""}))
            self._store_chains(pages, {place.page_id: place for place in places})
        with ThreadPoolExecutor(max_workers=_MAX_PARALLEL) as threads:
            # Pages with the same parent share their ancestors, so one page per parent is requested first.
            for group in ({_ancestors_key(page): page for page in pages}.values(), pages):
                unknown = [page for page in group if not self._has_ancestors(page)]
                for page, ancestors in zip(
                    unknown, threads.map(propagate_deadline(self._request_ancestors), unknown), strict=True
                ):
                    self._store_ancestors(page, ancestors)
            nodes = list({node for page in pages for node in self._upwards(page)} - self._own_access.keys())
            told = self._confluence.restricted([node.content_id for node in nodes if node.kind == "page"])
            self._own_access |= {
                node: Access.RESTRICTED if told[node.content_id] else Access.OPEN
                for node in nodes
                if node.kind == "page" and node.content_id in told
            }
            nodes = [node for node in nodes if node not in self._own_access]
            self._own_access |= zip(
                nodes, threads.map(propagate_deadline(self._request_access), nodes), strict=True
            )
        return [self._access_of(page) for page in pages]

    def _store_chains(self, pages: Sequence[PageInTree], places: Mapping[str, ConfluencePage]) -> None:
        """Store the ancestors of pages whose chain of parents is complete and holds pages only.

        A chain that is broken, because a page in it is hidden or no page, is left to ``_request_ancestors``.
        """
        for page in pages:
            if page.page_id and page.parent_id and not self._has_ancestors(page):
                chain: list[Ancestor] = []
                above: str | None = page.parent_id
                while above and above in places and len(chain) <= len(places):
                    chain.insert(0, Ancestor(above, "page"))
                    above = places[above].parent_id
                if above is None:
                    self._store_ancestors(page, tuple(chain))

    def _has_ancestors(self, page: PageInTree) -> bool:
        """Return whether the ancestors of a page need no request: they are stored, hidden, or the page is new."""
        return (
            not page.page_id or page.page_id in self._hidden or _ancestors_key(page) in self._ancestors_by_key
        )

    def _request_ancestors(self, page: PageInTree) -> tuple[Ancestor, ...] | None:
        """Return a page's ancestors; None if the Kinexus account cannot see one, or the page was just moved."""
        try:
            ancestors = self._confluence.ancestors(page.page_id)
        except NotFound:
            return None
        parent_id = ancestors[-1].content_id if ancestors else None
        return ancestors if parent_id == page.parent_id else None

    def _store_ancestors(self, page: PageInTree, ancestors: tuple[Ancestor, ...] | None) -> None:
        if ancestors is None:
            self._hidden.add(page.page_id)
            return
        self._ancestors_by_key[_ancestors_key(page)] = ancestors
        for number, ancestor in enumerate(ancestors, 1):
            self._ancestors_by_key[ancestor.content_id, ""] = ancestors[:number]

    def _upwards(self, page: PageInTree) -> tuple[Ancestor, ...]:
        """Return a page and the ancestors, the nearest first; an empty tuple for a hidden or a new page."""
        if not page.page_id or page.page_id in self._hidden:
            return ()
        return (Ancestor(page.page_id, "page"), *reversed(self._ancestors_by_key[_ancestors_key(page)]))

    def _request_access(self, node: Ancestor) -> Access:
        """Return the access of a page, folder or other ancestor by its own restriction.

        A page without an answer counts as restricted. A folder or other ancestor counts as unknown, or as open if it is
        trusted.
        """
        is_page = node.kind == "page"
        try:
            is_restricted = self._confluence.is_restricted(node.content_id)
        except NotFound:
            is_restricted = None
        except RequestRefused:
            if is_page:
                raise
            is_restricted = None  # the endpoint refuses requests about folders
        if is_restricted or (is_page and is_restricted is None):
            return Access.RESTRICTED
        is_trusted = self._trust_folders and node.kind in COLLECTIONS
        return Access.OPEN if is_page or is_trusted else Access.UNKNOWN

    def _access_of(self, page: PageInTree) -> Access:
        """Return the access of the nearest one, beginning with the page, that is not open; ``OPEN`` if all are."""
        if page.page_id in self._hidden:
            return Access.RESTRICTED
        accesses = (self._own_access[node] for node in self._upwards(page))
        return next((access for access in accesses if access is not Access.OPEN), Access.OPEN)


def _ancestors_key(page: PageInTree) -> tuple[str | None, str]:
    """Return a key for the ancestors of a page: the parent's id, or the page's own id at the top of a space."""
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
    searched = [page_id for page_id, choice in choices.items() if choice.decided_by != "named"]
    pages = confluence.pages(searched)
    accesses = Restrictions(confluence, trust_folders=trust_folders).of(pages)
    for page, access in zip(pages, accesses, strict=True):
        if reason := label_required_reason(access, is_live=page.is_live):
            raise PageRequiresLabel(
                f"page {page.page_id} cannot be shown in a review any more: {reason}. To proceed anyway, add the label "
                f"docs:{page.page_id} to the source ticket, reopen it and close it again"
            )
    return pages


def open_title(page_id: str | None, confluence: RestrictionReader, *, trust_folders: bool) -> str:
    """Return the title of a page that everyone may view; ``""`` for any other page and for None."""
    pages = confluence.pages([page_id] if page_id else [])
    accesses = Restrictions(confluence, trust_folders=trust_folders).of(pages)
    return next(
        (page.title for page, access in zip(pages, accesses, strict=True) if access is Access.OPEN), ""
    )
