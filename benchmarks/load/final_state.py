"""The facts of a load run's end: what there is in Jira, Confluence, the tables and the dead-letter queues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: A mark as the pipeline puts it on each of its comments: kind first, then what makes it unique.
Mark = tuple[str, ...]


@dataclass(frozen=True)
class ClosedTicket:
    """A ticket that was closed.

    `wanted` says whether it asked for documentation; `marks` are our comments' marks; `trace` is a word of it that its
    page must carry, or empty where nobody can say.
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
    """A record of the documents table that is no lock."""

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
    """The draft in the bucket that a document was published from, and whose changes it says it is about."""

    document_id: str
    revision: int
    change_ids: tuple[str, ...] = ()
    issue_keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReviewTicket:
    """A review ticket in Jira and the document that its property names."""

    key: str
    document_id: str
    is_done: bool = True
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class PageVersion:
    """A page version that our account wrote; `document_id` and `revision` from its message, where it has one."""

    page_id: str
    title: str
    number: int
    document_id: str = ""
    revision: int = 0


@dataclass(frozen=True)
class End:
    """Everything that is there when nothing moves any more.

    `dead_letters` are the ids in given-up messages; `drafts` are those of the documents that count as published, and
    `pages` what their pages say now, in storage format, by id.
    """

    tickets: tuple[ClosedTicket, ...]
    changes: tuple[ChangeRecord, ...]
    documents: tuple[DocumentRecord, ...]
    reviews: tuple[ReviewTicket, ...]
    versions: tuple[PageVersion, ...]
    dead_letters: tuple[Mapping[str, str], ...] = ()
    locks: tuple[str, ...] = field(default=())
    drafts: tuple[PublishedDraft, ...] = ()
    pages: Mapping[str, str] = field(default_factory=dict)
