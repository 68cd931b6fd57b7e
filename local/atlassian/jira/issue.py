"""What an issue is made of: its fields, comments, history, links and files; and the event that tells of a change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from local.atlassian.accounts import Account
from local.atlassian.jira import workflow

Json = Any


@dataclass
class Comment:
    """A comment; `properties` are set with it or later. `visibility` is kept and told, and hides it from nobody."""

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
    """One field's change: ids in `old`/`new`, readable in `old_text`/`new_text`."""

    field_id: str
    old: str | None
    old_text: str | None
    new: str | None
    new_text: str | None
    name: str = ""


@dataclass(frozen=True)
class HistoryEntry:
    """A history entry: all that one person changed at once."""

    id: str
    author: Account
    created: datetime
    items: tuple[ChangeItem, ...]


@dataclass(frozen=True)
class Link:
    """An issue link, read "`inward` blocks `outward`": each end shows the other under the other's side."""

    id: str
    type_id: str
    inward: str
    outward: str


@dataclass
class RemoteLink:
    """A link from an issue to a web page; `global_id` makes it replaceable."""

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
    """What of an issue can be searched; immutable, so that the index can hold an older state."""

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
    """An issue: its present fields, and all that hangs on it."""

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
        """Return the state that an index last refreshed at `moment` holds; None if the issue is too new."""
        held = [fields for taken, fields in self.snapshots if taken <= moment]
        return held[-1] if held else None


@dataclass(frozen=True)
class Event:
    """Something that webhooks may tell: the event's name, the issue, and what goes with it."""

    name: str
    type_name: str
    issue: Issue
    actor: Account
    change: HistoryEntry | None = None
    comment: Comment | None = None


@dataclass(frozen=True)
class Project:
    """A Jira project."""

    id: str
    key: str
    name: str
