"""Reads each Confluence page at most once per invocation: the page that selection read is the page that is edited."""

from __future__ import annotations

from collections.abc import Iterable

from common.atlassian.confluence_client import ConfluenceClient, ConfluencePage


class PagesReadOnce:
    """The reads of Confluence in one invocation; pages are kept with their bodies, all else is read as it is now."""

    def __init__(self, confluence: ConfluenceClient) -> None:
        self._confluence = confluence
        self._known: dict[str, ConfluencePage] = {}
        self.search = confluence.search
        self.page_by_title = confluence.page_by_title
        self.places = confluence.places
        self.attachment_names = confluence.attachment_names
        self.ancestors = confluence.ancestors
        self.restricted = confluence.restricted
        self.is_restricted = confluence.is_restricted
        self.versions = confluence.versions

    def page(self, page_id: str) -> ConfluencePage:
        """Return a page; raise NotFound if it does not exist or is hidden from the Kinexus account."""
        if page_id not in self._known:
            self._known[page_id] = self._confluence.page(page_id)
        return self._known[page_id]

    def version(self, page_id: str, number: int) -> ConfluencePage:
        """Return an earlier version of a page; raise NotFound if it was deleted."""
        return self._confluence.page(page_id, number)

    def pages(self, page_ids: Iterable[str]) -> tuple[ConfluencePage, ...]:
        """Return the pages of these ids that exist, with bodies; one request for all that are not known yet."""
        wanted = list(dict.fromkeys(page_ids))
        unknown = [page_id for page_id in wanted if page_id not in self._known]
        self._known |= {page.page_id: page for page in self._confluence.pages(unknown)}
        return tuple(self._known[page_id] for page_id in wanted if page_id in self._known)

    def known(self, page_ids: Iterable[str]) -> tuple[ConfluencePage, ...]:
        """Return those of these pages that were read already, without a request."""
        return tuple(self._known[page_id] for page_id in dict.fromkeys(page_ids) if page_id in self._known)
