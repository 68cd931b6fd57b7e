"""The spaces that Kinexus may write to."""

from __future__ import annotations

from dataclasses import dataclass

from common.atlassian.confluence_client import ConfluencePage, Space


@dataclass(frozen=True)
class WritableSpaces:
    """Where we may write: the configured spaces (the first takes new pages) and the browse URL of Confluence.

    ``trust_folders`` says whether pages below a folder, whose restrictions Confluence does not tell, are open to all.
    """

    spaces: tuple[Space, ...]
    browse_url: str
    trust_folders: bool = False

    def reason_not_writable(self, page: ConfluencePage) -> str:
        """Say why we do not edit a page, ``""`` where we may; not its title, which not everybody may know."""
        if page.space_id not in {space.space_id for space in self.spaces}:
            keys = ", ".join(space.key for space in self.spaces)
            return f"the page {page.page_id} is outside the spaces that we may write to ({keys})"
        return "" if page.status == "current" else f"the page {page.page_id} is {page.status}"
