"""Places in Confluence's page tree that are no pages: folders, whiteboards, databases and embeds (Smart Links)."""

from dataclasses import dataclass
from datetime import datetime

from local.atlassian.accounts import Account

#: Kinds of containers, with the name of their collection in v2.
COLLECTIONS = {"folder": "folders", "whiteboard": "whiteboards", "database": "databases", "embed": "embeds"}


@dataclass
class Container:
    """A place of a kind; pages and other containers hang below it.

    `readers` are the account ids that may view it and all below, `editors` those that may change it; empty means
    everyone. Confluence's restriction endpoint says nothing of them (CONFCLOUD-82920).
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
        """Tell whether the container's own view restriction lets an account in; those above count too."""
        return not self.readers or account.account_id in self.readers or account.admin
