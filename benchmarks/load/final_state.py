"""The final state of a load run: records from Jira, Confluence, the tables, the bucket and the dead-letter queues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: The mark (idempotency key) of a comment of the pipeline: its kind first, then the values that make it unique.
Mark = tuple[str, ...]


@dataclass(frozen=True)
class ClosedTicket:
    """A ticket that was closed.

    `wanted` says whether it asked for documentation; `marks` are the marks of the pipeline's comments; `trace` is a
    word of the ticket that its page must contain, or empty when that is unknown.
    """

    key: str
    wanted: bool
    marks: tuple[Mark, ...] = ()
    trace: str = ""


@dataclass(frozen=True)
class ChangeRecord:
    """A record of the changes table."""

    change_id: str
    issue_key: str
    status: str
    reason: str = ""
    document_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class DocumentRecord:
    """A document record of the documents table (not a lock)."""

    document_id: str
    status: str
    kind: str = "update"
    title: str = ""
    revision: int = 1
    reason: str = ""
    page_id: str = ""
    change_ids: tuple[str, ...] = ()
    issue_keys: tuple[str, ...] = ()
    review_key: str = ""
    is_closing: bool = False


@dataclass(frozen=True)
class PublishedDraft:
    """The draft in the bucket from which a document was published, with the changes that it covers."""

    document_id: str
    revision: int
    change_ids: tuple[str, ...] = ()
    issue_keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class ObservedReview:
    """A review ticket in Jira and the document that its property names."""

    key: str
    document_id: str
    is_done: bool = True
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class WrittenVersion:
    """A page version that the pipeline wrote; `document_id` and `revision` come from its message, if it has one."""

    page_id: str
    title: str
    number: int
    document_id: str = ""
    revision: int = 0


@dataclass(frozen=True)
class FinalState:
    """Everything that exists when all work has ended.

    `dead_letters` are the ids in messages of the dead-letter queues; `drafts` belong to the published documents;
    `pages` maps the ids of their pages to the current storage format.
    """

    tickets: tuple[ClosedTicket, ...]
    changes: tuple[ChangeRecord, ...]
    documents: tuple[DocumentRecord, ...]
    reviews: tuple[ObservedReview, ...]
    versions: tuple[WrittenVersion, ...]
    dead_letters: tuple[Mapping[str, str], ...] = ()
    locks: tuple[str, ...] = field(default=())
    drafts: tuple[PublishedDraft, ...] = ()
    pages: Mapping[str, str] = field(default_factory=dict)
