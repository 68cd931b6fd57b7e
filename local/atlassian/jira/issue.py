"""The data of an issue: fields, comments, history, links and attachments; and the event for webhooks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from local.atlassian.accounts import Account
from local.atlassian.jira import workflow
from local.atlassian.jira.screens import Screens

Json = Any


@dataclass
class Comment:
    """A comment; `properties` are set with it or later. `visibility` is stored and returned, but hides nothing."""

    id: str
    author: Account
    body: dict[str, Json]
    created: datetime
    updated: datetime
    update_author: Account
    properties: dict[str, Json] = field(default_factory=dict)
    visibility: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class ChangeItem:
    """The change of one field: ids in `old` and `new`, display texts in `old_text` and `new_text`."""

    field_id: str
    old: str | None
    old_text: str | None
    new: str | None
    new_text: str | None
    name: str = ""


@dataclass(frozen=True)
class HistoryEntry:
    """A changelog entry: all fields that one person changed at once."""

    id: str
    author: Account
    created: datetime
    items: tuple[ChangeItem, ...]


@dataclass(frozen=True)
class Link:
    """A link between two issues, by id: "`inward` blocks `outward`". Each issue shows the other end."""

    id: str
    type_id: str
    inward: str
    outward: str


@dataclass
class RemoteLink:
    """A link from an issue to a web page; a new link with the same `global_id` replaces it."""

    id: int
    global_id: str | None
    body: dict[str, Json]


@dataclass(frozen=True)
class Attachment:
    """A file on an issue."""

    id: str
    filename: str
    author: Account
    created: datetime
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Fields:
    """The searchable fields of an issue; immutable, because the search index may hold an older state."""

    summary: str
    description: dict[str, Json] | None
    issue_type: workflow.IssueType
    status: workflow.Status
    labels: tuple[str, ...]
    components: tuple[str, ...]
    priority: str
    assignee: Account | None
    reporter: Account
    resolution: str | None
    resolved: datetime | None
    updated: datetime
    status_changed: datetime
    custom: Mapping[str, Json]
    due: str | None = None


@dataclass
class Issue:
    """An issue: its current fields, and its comments, history, properties, links and attachments."""

    id: str
    key: str
    project: str
    creator: Account
    created: datetime
    fields: Fields
    comments: list[Comment] = field(default_factory=list)
    history: list[HistoryEntry] = field(default_factory=list)
    properties: dict[str, Json] = field(default_factory=dict)
    remote_links: list[RemoteLink] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    snapshots: list[tuple[datetime, Fields]] = field(default_factory=list)

    def indexed(self, moment: datetime) -> Fields | None:
        """Return the fields in an index that was last updated at `moment`; None if the issue is newer."""
        states = [fields for taken, fields in self.snapshots if taken <= moment]
        return states[-1] if states else None


@dataclass(frozen=True)
class IssueEvent:
    """An event for webhooks: its name, the issue, the actor, and the change or comment."""

    name: str
    type_name: str
    issue: Issue
    actor: Account
    change: HistoryEntry | None = None
    comment: Comment | None = None


@dataclass(frozen=True)
class Project:
    """A Jira project; `screens` decides which fields can be set."""

    id: str
    key: str
    name: str
    screens: Screens = field(default_factory=Screens)
