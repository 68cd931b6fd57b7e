"""A document: one page on its way to Confluence, as a record."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum


class DocumentStatus(StrEnum):
    """Where a document stands; the last four are its ends."""

    DRAFTING = "drafting"
    DRAFTED = "drafted"
    IN_REVIEW = "in_review"
    REVISING = "revising"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    REJECTED = "rejected"
    NOT_NEEDED = "not_needed"
    FAILED = "failed"


#: A document in one of these is over: its page is free for another.
FINAL_STATUSES = frozenset(
    {DocumentStatus.PUBLISHED, DocumentStatus.REJECTED, DocumentStatus.NOT_NEEDED, DocumentStatus.FAILED}
)


#: A document in one of these waits for what is in its review ticket.
IN_REVIEW = frozenset({DocumentStatus.IN_REVIEW, DocumentStatus.PUBLISHING})
#: How often a review is moved back per revision after a move without a decision: an automation may close it for ever.
MAX_REOPENINGS = 3


class DocumentKind(StrEnum):
    """What publishing it does."""

    CREATE = "create"
    UPDATE = "update"


class Verdict(StrEnum):
    """What a reviewer may decide."""

    APPROVED = "approved"
    REJECTED = "rejected"
    NEEDS_REVISION = "needs_revision"


@dataclass(frozen=True)
class ScoredPage:
    """A page that was considered, and how well it fitted."""

    page_id: str
    title: str
    score: float


@dataclass(frozen=True)
class StoredSelection:
    """Why this page: what was decided, by what, how sure, among which candidates, found by which CQL queries."""

    reason: str
    confidence: float
    decided_by: str
    candidates: tuple[ScoredPage, ...] = ()
    searched: tuple[str, ...] = ()


@dataclass(frozen=True)
class Announcement:
    """The comment that announced a revision in the review ticket; ``at`` is Jira's own time."""

    revision: int
    comment_id: str
    at: str


@dataclass(frozen=True)
class Notice:
    """A comment in the review ticket that says why an approval is not carried out.

    ``about`` is what it names, ``number`` counts the notices of its kind, ``at`` is Jira's own time: empty until the
    comment is known to be there.
    """

    about: tuple[str, ...]
    number: int
    at: str = ""


@dataclass(frozen=True)
class Decision:
    """What was decided, by whom, on exactly which draft; ``move_id`` is the changelog's name of the finishing move.

    ``anyway`` says that an approval holds although the page has unpublished work.
    """

    verdict: Verdict
    author_id: str
    author_name: str
    comment_id: str
    revision: int
    sha256: str
    decided_at: str
    feedback: str = ""
    move_id: str = ""
    anyway: bool = False


@dataclass(frozen=True)
class Undecided:
    """The moves to done, by their changelog ids, that brought no decision on a revision; oldest first."""

    revision: int
    move_ids: tuple[str, ...]


@dataclass(frozen=True)
class Publication:
    """The page version that carries the document."""

    page_id: str
    version: int
    url: str
    title: str
    differs: bool = False
    on_top: bool = False


@dataclass(frozen=True)
class Document:
    """One record of the documents table. Times are seconds since the epoch.

    ``created_in`` is the space of a page to be created, and goes when the document ends without a page. ``reason`` says
    why it ended without one, or why work on it stopped. ``sent_back`` counts the drafts that a reviewer sent back.
    ``unopened`` is the revision whose review could not be opened, for the reason given.
    ``undecided`` counts the moves without a decision on one revision; see ``undecided_moves``.
    ``author_ids`` are the accounts whose changes it holds, as they were when their tickets were finished.
    ``missing_since`` is when the first sweep began that did not find its review ticket, and none has found it since.
    ``closing`` says that it is over, but its page may still be locked and not everybody told.
    ``draft_notice`` is the newest notice about unpublished work on the page (about the state of that work),
    ``source_notice`` the newest about its source tickets (about what became of them).
    """

    document_id: str
    kind: DocumentKind
    status: DocumentStatus
    space_id: str
    title: str
    choice: StoredSelection
    created_at: int
    page_id: str | None = None
    parent_id: str | None = None
    created_in: str | None = None
    change_ids: tuple[str, ...] = ()
    issue_keys: tuple[str, ...] = ()
    author_ids: tuple[str, ...] = ()
    revision: int = 0
    sha256: str = ""
    review_issue_id: str = ""
    review_issue_key: str = ""
    announcement: Announcement | None = None
    decision: Decision | None = None
    publication: Publication | None = None
    reason: str = ""
    unopened: int = 0
    sent_back: int = 0
    missing_since: int = 0
    closing: bool = False
    draft_notice: Notice | None = None
    source_notice: Notice | None = None
    undecided: Undecided | None = None

    @property
    def undecided_moves(self) -> tuple[str, ...]:
        """The moves to done that brought no decision on the current revision; at most one more than are answered."""
        is_current = self.undecided is not None and self.undecided.revision == self.revision
        return self.undecided.move_ids if self.undecided and is_current else ()

    @property
    def stays_undecided(self) -> bool:
        """Whether its review is not moved back any more, since it was closed again and again without a decision."""
        return len(self.undecided_moves) > MAX_REOPENINGS

    @property
    def is_done(self) -> bool:
        """Whether it is over, its page is free, and everybody is told."""
        return self.status in FINAL_STATUSES and not self.closing


#: What a document's id looks like: a record's key that comes from outside is looked up only if it does.
DOCUMENT_ID = re.compile(r"doc-[0-9a-f]{24}")


def document_id(change_id: str, target: str) -> str:
    """Derive a document's id from the change that began it and its target (a page id, or a space and title)."""
    return "doc-" + hashlib.sha256(f"{change_id}\n{target}".encode()).hexdigest()[:24]
