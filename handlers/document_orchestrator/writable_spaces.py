"""The spaces that Kinexus may write to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from common.atlassian.confluence_client import ConfluencePage, Space
from common.domain.route import Route, Routes


@dataclass(frozen=True)
class WritableSpaces:
    """The spaces of a route (new pages are created in the first) and Confluence's URL for browsers.

    ``trust_folders`` treats pages below a folder as open to everyone, because Confluence's API does not return the
    restrictions of folders.
    """

    spaces: tuple[Space, ...]
    browse_url: str
    trust_folders: bool = False

    def reason_not_writable(self, page: ConfluencePage) -> str:
        """Return why Kinexus does not edit a page, ``""`` if it may; without the title, which may be secret."""
        if page.space_id not in {space.space_id for space in self.spaces}:
            keys = ", ".join(space.key for space in self.spaces)
            return f"the page {page.page_id} is outside the spaces that Kinexus may write to ({keys})"
        return "" if page.status == "current" else f"the page {page.page_id} is {page.status}"


@dataclass(frozen=True)
class RoutedSpaces:
    """The routes of the stack with their spaces. ``read`` returns the spaces with these keys."""

    routes: Routes
    read: Callable[[tuple[str, ...]], WritableSpaces]

    def of(self, stored: Route | None) -> WritableSpaces:
        """Return the spaces of the route of a record, as it is configured now."""
        return self.read(self.routes.current(stored).spaces)
