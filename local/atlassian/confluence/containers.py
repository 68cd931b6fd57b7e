"""Containers in Confluence's page tree: folders, whiteboards, databases and embeds (Smart Links)."""

from dataclasses import dataclass
from datetime import datetime

from local.atlassian.accounts import Account

#: Kinds of containers, and the names of their collections in v2.
COLLECTIONS = {"folder": "folders", "whiteboard": "whiteboards", "database": "databases", "embed": "embeds"}


@dataclass
class StoredContainer:
    """A container; pages and other containers are below it in the tree.

    `readers` are the account ids that may view it and everything below, `editors` those that may change it; empty means
    everyone. Confluence's restriction endpoint does not return them (CONFCLOUD-82920).
    """

    id: str
    kind: str
    space_id: str
    parent_id: str | None
    title: str
    author: Account
    created: datetime
    position: int
    readers: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    status: str = "current"

    def admits(self, account: Account) -> bool:
        """Return whether the container's own view restriction allows an account; `may_view` checks ancestors too."""
        return not self.readers or account.account_id in self.readers or account.admin
