"""Content properties of pages and attachments: JSON values by key, each with its own version."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local.atlassian.accounts import Account


@dataclass
class Property:
    """A content property with its own version."""

    id: str
    key: str
    value: Any
    number: int
    created: datetime
    author: Account
    message: str = ""
