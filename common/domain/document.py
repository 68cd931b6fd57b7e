"""A document: one page on its way to Confluence, as a record of the documents table."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from common.domain.model_use import ModelUse
from common.domain.route import Route


class DocumentStatus(StrEnum):
    """The state of a document; the last four are final."""

    DRAFTING = "drafting"
    DRAFTED = "drafted"
    IN_REVIEW = "in_review"
    REVISING = "revising"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    REJECTED = "rejected"
    NOT_NEEDED = "not_needed"
    FAILED = "failed"


#: Final states: the page is free for another document.
FINAL_STATUSES = frozenset(
    {DocumentStatus.PUBLISHED, DocumentStatus.REJECTED, DocumentStatus.NOT_NEEDED, DocumentStatus.FAILED}
)


#: States in which the review ticket is open or its decision is being carried out.
IN_REVIEW = frozenset({DocumentStatus.IN_REVIEW, DocumentStatus.PUBLISHING})
#: How often a review closed without a decision is moved back, per revision; an automation might close it forever.
MAX_REOPENINGS = 3


class DocumentKind(StrEnum):
    """Whether publishing creates a page or updates one."""

    CREATE = "create"
    UPDATE = "update"


class Verdict(StrEnum):
    """The possible decisions of a reviewer."""

    APPROVED = "approved"
    REJECTED = "rejected"
    NEEDS_REVISION = "needs_revision"


@dataclass(frozen=True)
class ScoredPage:
    """A page that selection considered: its ranking score and what counted, or why it was left out."""

    page_id: str
    title: str
    score: float
    url: str = ""
    why: str = ""
    left_out: str = ""


@dataclass(frozen=True)
class StoredSelection:
    """The stored page selection: its reason, confidence and method, the candidates, and the CQL queries used.

    ``model`` records the model that was asked, also if the ranking decided in the end; None if no model was asked.
    """

    reason: str
    confidence: float | None
    decided_by: str
    candidates: tuple[ScoredPage, ...] = ()
    searched: tuple[str, ...] = ()
    model: ModelUse | None = None

    @property
    def chosen_by_model(self) -> ModelUse | None:
        """The model whose answer decided; None if a person or the ranking did."""
        return self.model if self.decided_by == "model" else None


def confidence_text(confidence: float | None) -> str:
    """Return a confidence from 0 to 1 for people; None is an unknown one."""
    return "confidence unknown" if confidence is None else f"{confidence:.0%} sure"


@dataclass(frozen=True)
class Announcement:
    """The comment that announced a revision in the review ticket; ``at`` is Jira's timestamp."""

    revision: int
    comment_id: str
    at: str


@dataclass(frozen=True)
class Notice:
    """A comment in the review ticket that explains why an approval is not carried out.

    ``about`` identifies what the notice is about, ``number`` counts the notices of its kind, ``at`` is Jira's
    timestamp, empty until the comment is known to exist.
    """

    about: tuple[str, ...]
    number: int
    at: str = ""


@dataclass(frozen=True)
class Decision:
    """A reviewer's decision on exactly one draft; ``move_id`` is the changelog id of the move to Done.

    ``anyway`` says that the approval counts although the page has unpublished work. ``revisions`` is how often a person
    had asked for a revision before, and ``hours`` the time from the announcement of its revision to the decision; None
    in records of older versions.
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
    revisions: int | None = None
    hours: float | None = None


@dataclass(frozen=True)
class Undecided:
    """The changelog ids of the moves to Done without a decision on a revision, oldest first."""

    revision: int
    move_ids: tuple[str, ...]


@dataclass(frozen=True)
class Publication:
    """The page version in which the document was published."""

    page_id: str
    version: int
    url: str
    title: str
    differs: bool = False
    on_top: bool = False


@dataclass(frozen=True)
class Document:
    """One record of the documents table. Times are seconds since the epoch.

    ``created_in`` is the space of a page to be created; it is removed if the document ends without a page. ``reason``
    explains why it ended without a page, or why work on it stopped. ``sent_back`` counts the drafts that reviewers sent
    back. ``unopened`` is the revision whose review could not be opened, for the given ``reason``.
    ``undecided`` holds the moves to Done without a decision on one revision; see ``undecided_moves``.
    ``author_ids`` are the accounts behind its changes, as recorded when their tickets were closed.
    ``missing_since`` is the start of the first of the successive sweeps that did not find its review ticket.
    ``creating_since`` is when the creation of its review ticket began that no link makes findable; removed afterwards.
    ``closing`` says that its state is final, but its page may still be locked and notifications may be missing.
    ``draft_notice`` is the newest notice about unpublished work on the page, ``source_notice`` the newest notice about
    changed source tickets. ``conversion_checked`` says that a sweep has looked for content that Confluence lost when it
    saved the published version. ``drafted_by`` records the model of the newest draft, with the tokens of all drafts;
    None if the version that drafted it did not record it. ``revised`` counts all drafts that reviewers sent back, also
    those that were changed without a model. ``still_stands`` is the share of the approved text that was on the page two
    weeks later, from 0 to 1. ``reverts`` is the id of the document whose publication this one takes back; empty for a
    document that changes started. ``reminded`` is the newest revision that got a reminder. ``route`` is the route of
    its first ticket, None for the default route. ``version`` counts its changes of state; None before the first one.

    What it may become, and what its attributes mean together, is in common.domain.document_states.
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
    creating_since: int = 0
    closing: bool = False
    draft_notice: Notice | None = None
    source_notice: Notice | None = None
    undecided: Undecided | None = None
    conversion_checked: bool = False
    revised: int = 0
    still_stands: float | None = None
    drafted_by: ModelUse | None = None
    reverts: str = ""
    reminded: int = 0
    route: Route | None = None
    version: int | None = None

    @property
    def undecided_moves(self) -> tuple[str, ...]:
        """The moves to Done without a decision on the current revision; at most one more than are moved back."""
        is_current = self.undecided is not None and self.undecided.revision == self.revision
        return self.undecided.move_ids if self.undecided and is_current else ()

    @property
    def stays_undecided(self) -> bool:
        """Whether its review was closed without a decision too often and is no longer moved back."""
        return len(self.undecided_moves) > MAX_REOPENINGS

    @property
    def is_final(self) -> bool:
        """Whether its state is final; people may not be notified yet."""
        return self.status in FINAL_STATUSES

    @property
    def is_done(self) -> bool:
        """Whether its state is final, its page is unlocked and everyone is notified."""
        return self.status in FINAL_STATUSES and not self.closing


#: The format of a document id. A key from outside is looked up only if it matches.
DOCUMENT_ID = re.compile(r"doc-[0-9a-f]{24}")


def document_id(change_id: str, target: str) -> str:
    """Derive a document's id from its first change and its target (a page id, or a space and title)."""
    return "doc-" + hashlib.sha256(f"{change_id}\n{target}".encode()).hexdigest()[:24]


def revert_id(reverted_id: str) -> str:
    """Derive the id of the document that takes back the publication of another: there is one of them at most."""
    return document_id("revert", reverted_id)
