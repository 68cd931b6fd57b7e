"""Repository of the documents table: document records, and locks that allow one open document per page.

Each transition of common.domain.document_states is a method; no other change of a document is possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from common.aws.dynamodb_codec import from_item, to_attribute, to_item
from common.aws.dynamodb_table import DynamoDbTable, Held, Lease
from common.domain import document_states as states
from common.domain.document import (
    Announcement,
    Decision,
    Document,
    DocumentKind,
    DocumentStatus,
    Notice,
    Publication,
    Undecided,
)
from common.domain.document_states import DocumentTransition
from common.domain.draft import Draft
from common.runtime.errors import ConditionFailed, LeaseHeld

#: Index of documents by status.
BY_STATUS_INDEX = "by-status"
#: Index of documents that create a page: by space (`created_in`), ordered by `created_at`.
CREATED_PAGES_INDEX = "created-pages"
#: Number of documents read from that index. At ten new pages a day, an open review is no longer found after ten days.
MAX_NEWEST_PAGES = 100
#: Characters of a recorded reason.
MAX_REASON = 1000
#: How often taking a lock is tried while other documents take and release it.
MAX_LOCK_ATTEMPTS = 5


def page_lock_key(page_id: str) -> str:
    """Return the key of the lock of an existing page."""
    return f"lock#page#{page_id}"


def title_lock_key(space_id: str, title: str) -> str:
    """Return the key of the lock of a page to be created: titles are unique in a space, ignoring case."""
    return f"lock#title#{space_id}#{' '.join(title.split()).casefold()}"


def _review_key(issue_id: str) -> str:
    return f"review#{issue_id}"


def lock_key(document: Document) -> str:
    """Return the key of the lock that an open document holds."""
    if document.page_id:
        return page_lock_key(document.page_id)
    return title_lock_key(document.space_id, document.title)


@dataclass(frozen=True)
class PageLock:
    """The lock of a page, or of the title of a page to be created: one open document holds it.

    ``taken_at`` is in seconds since the epoch; None if an older version took it.
    """

    name: str
    held_by: str
    taken_at: int | None


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


class DocumentRepository:
    """Document records by their derived id."""

    def __init__(self, records: DynamoDbTable) -> None:
        self._records = records

    @contextmanager
    def start(self, document: Document, owner: str, seconds: int) -> Iterator[Held[Document] | None]:
        """Write a new document and hold its lease; yields None if it is already recorded."""
        with self._records.create_leased(to_item(document), owner, seconds) as lease:
            yield Held(document, lease) if lease else None

    def get(self, document_id: str) -> Document | None:
        """Return the document, or None."""
        item = self._records.get(document_id)
        return from_item(Document, item) if item else None

    def require(self, document_id: str) -> Document:
        """Return the document. Raises KeyError if it does not exist."""
        document = self.get(document_id)
        if document is None:
            raise KeyError(document_id)
        return document

    def find_by_review_ticket(self, issue_id: str) -> Document | None:
        """Return the document that is reviewed in a ticket, open or closed; None if it is not one of our reviews."""
        document_id = self.document_id_reviewed_in(issue_id)
        document = self.get(document_id) if document_id else None
        return document if document and document.review_issue_id == issue_id else None

    def document_id_reviewed_in(self, issue_id: str) -> str | None:
        """Return the id of the document that a review ticket was created for, or None."""
        item = self._records.get(_review_key(issue_id))
        return str(item["reviews"]) if item else None

    def set_review_ticket(self, document: Document, issue_id: str, key: str) -> Document:
        """Record the review ticket of a document, so that each can be found by the other.

        Raises ConditionFailed if the ticket reviews another document.
        """
        is_new = self._records.create({"document_id": _review_key(issue_id), "reviews": document.document_id})
        if not is_new and self.document_id_reviewed_in(issue_id) != document.document_id:
            raise ConditionFailed(f"{key} reviews another document")
        if (document.review_issue_id, document.review_issue_key) == (issue_id, key):
            return document
        values: dict[str, Any] = {"review_issue_id": issue_id, "review_issue_key": key}
        return self._step(
            document, states.RECORD_REVIEW_TICKET, **values, missing_since=None, creating_since=None
        )

    def with_status(self, *statuses: DocumentStatus) -> Iterator[Document]:
        """Yield all documents in one of these statuses, from an index that is eventually consistent."""
        for status in statuses:
            for item in self._records.query_index(BY_STATUS_INDEX, "status", str(status)):
                yield from_item(Document, item)

    def newest_pages(self, space_id: str) -> tuple[Document, ...]:
        """Return the newest documents that create a page in a space and are open or published.

        At most ``MAX_NEWEST_PAGES``.
        """
        items = self._records.query_newest(CREATED_PAGES_INDEX, "created_in", space_id, MAX_NEWEST_PAGES)
        return tuple(from_item(Document, item) for item in items)

    # Transitions, in the order of the table. Each returns the document as it is now. Each raises ConditionFailed if
    # another invocation has changed the record, and TransitionRefused if the table does not allow the step.

    def restart(self, failed: Document, mine: Document) -> Document:
        """Restart a document that failed before a draft, with the target of ``mine``; its page may exist now."""
        is_new = mine.kind is DocumentKind.CREATE
        return self._step(
            failed,
            states.RESTART,
            kind=str(mine.kind),
            title=mine.title,
            page_id=mine.page_id,
            parent_id=mine.parent_id,
            choice=mine.choice,
            created_in=mine.space_id if is_new else None,
            reason="",
        )

    def store_draft(
        self, document: Document, draft: Draft, sha256: str, lease: Lease | None = None
    ) -> Document:
        """Record the newest draft, together with the changes that it contains; release the lease."""
        return self._step(
            document,
            states.STORE_DRAFT,
            lease,
            revision=draft.revision,
            sha256=sha256,
            title=draft.title,
            space_id=draft.space_id,
            change_ids=draft.change_ids,
            issue_keys=draft.issue_keys,
            author_ids=document.author_ids,
            choice=document.choice,
            reason=None,
            drafted_by=draft.model.after(document.drafted_by) if draft.model else document.drafted_by,
        )

    def end_without_edit(self, document: Document, reason: str) -> Document:
        """End a document whose page needs no edit; its changes may be one more than its record has."""
        return self._step(
            document,
            states.END_WITHOUT_EDIT,
            change_ids=document.change_ids,
            issue_keys=document.issue_keys,
            reason=reason[:MAX_REASON],
        )

    def fail_before_draft(self, document: Document, reason: str) -> Document:
        """End a document of which no draft can be made; the same change may restart it."""
        return self._step(document, states.FAIL_BEFORE_DRAFT, reason=reason[:MAX_REASON], created_in=None)

    def fail_before_review(self, document: Document, reason: str) -> Document:
        """End a document whose draft may not be shown and that has no review ticket yet."""
        return self._step(document, states.FAIL_BEFORE_REVIEW, reason=reason[:MAX_REASON], created_in=None)

    def open_review(
        self, document: Document, announcement: Announcement, lease: Lease | None = None
    ) -> Document:
        """Record that the newest revision is announced in the open review ticket; release the lease."""
        return self._step(document, states.OPEN_REVIEW, lease, announcement=announcement, reason=None)

    def begin_publishing(self, document: Document, approval: Decision) -> Document:
        """Record the approval that is about to be carried out."""
        return self._step(document, states.BEGIN_PUBLISHING, decision=approval)

    def return_to_review(
        self, document: Document, draft_notice: Notice | None = None, source_notice: Notice | None = None
    ) -> Document:
        """Record that an approval is not carried out, with the notice that says why (see ``record_notice``)."""
        notices = _given(draft_notice=draft_notice, source_notice=source_notice)
        return self._step(document, states.RETURN_TO_REVIEW, decision=None, **notices)

    def reopen_as_drafted(self, document: Document) -> Document:
        """Let another review open, because an operator replays a document whose review ticket is gone."""
        return self._step(document, states.REOPEN_AS_DRAFTED, decision=None, reason=None)

    def send_back(self, document: Document, decision: Decision, *, counts: bool = True) -> Document:
        """Record that the reviewer wants another draft; with ``counts``, it counts towards the limit of drafts."""
        count = document.sent_back + counts
        revised = document.revised + 1
        return self._step(
            document, states.SEND_BACK, decision=decision, sent_back=count, revised=revised, reason=None
        )

    def revise_after_conflict(self, document: Document) -> Document:
        """Record that an approved draft does not fit the page any more, so another one is due."""
        return self._step(document, states.REVISE_AFTER_CONFLICT, reason=None)

    def publish(self, document: Document, publication: Publication) -> Document:
        """Record that the page has the approved draft."""
        return self._step(document, states.PUBLISH, closing=True, publication=publication, reason=None)

    def reject(self, document: Document, decision: Decision) -> Document:
        """Record that the reviewer rejected the document."""
        reason = decision.feedback[:MAX_REASON]
        return self._step(
            document, states.REJECT, closing=True, decision=decision, reason=reason, created_in=None
        )

    def fail_after_revisions(self, document: Document, decision: Decision) -> Document:
        """End a document of which the last allowed draft was sent back."""
        count = document.sent_back + 1
        return self._step(
            document,
            states.FAIL_AFTER_REVISIONS,
            closing=True,
            decision=decision,
            sent_back=count,
            revised=document.revised + 1,
            reason=f"{count} drafts were sent back",
            created_in=None,
        )

    def fail_publication(self, document: Document, reason: str) -> Document:
        """End an approved document that can never be published."""
        return self._step(document, states.FAIL_PUBLICATION, closing=True, reason=reason, created_in=None)

    def fail_without_ticket(self, document: Document) -> Document:
        """End a document whose review ticket was deleted. Only this end has no decision."""
        reason = f"its review ticket {document.review_issue_key} was deleted, or is hidden from Kinexus"
        return self._step(
            document, states.FAIL_WITHOUT_TICKET, closing=True, decision=None, reason=reason, created_in=None
        )

    def finish_closing(self, document: Document, lease: Lease | None = None) -> Document:
        """Record that the page of an ended document is released and everyone is notified; release the lease."""
        # The reason of a published document can only be an earlier failed notification.
        done: dict[str, Any] = {"reason": None} if document.status is DocumentStatus.PUBLISHED else {}
        return self._step(document, states.FINISH_CLOSING, lease, closing=None, **done)

    def record_creation(self, document: Document, now: int) -> Document:
        """Record that the review ticket is about to be created, and no link will make it findable."""
        return self._step(document, states.RECORD_CREATION, creating_since=now)

    def record_unopened(self, document: Document, reason: str) -> Document:
        """Record why the review of the newest revision could not be opened."""
        return self._step(
            document, states.RECORD_UNOPENED, reason=reason[:MAX_REASON], unopened=document.revision
        )

    def record_missing(self, document: Document, since: int | None) -> Document:
        """Record since when sweeps miss the review ticket, in seconds since the epoch; None: it is back."""
        return self._step(document, states.RECORD_MISSING, missing_since=since)

    def record_undecided(self, document: Document, undecided: Undecided) -> Document:
        """Record the moves to Done that carried no decision."""
        return self._step(document, states.RECORD_UNDECIDED, undecided=undecided)

    def record_notice(
        self, document: Document, draft_notice: Notice | None = None, source_notice: Notice | None = None
    ) -> Document:
        """Record a notice about unpublished work on the page, or about changed source tickets."""
        notices = _given(draft_notice=draft_notice, source_notice=source_notice)
        return self._step(document, states.RECORD_NOTICE, **notices)

    def record_stop(self, document: Document, reason: str) -> Document:
        """Record why work on an open document stopped."""
        return self._step(document, states.RECORD_STOP, reason=reason[:MAX_REASON])

    def record_notification_failure(self, document: Document, reason: str) -> Document:
        """Record why people could not be notified of a published document."""
        return self._step(document, states.RECORD_NOTIFICATION_FAILURE, reason=reason[:MAX_REASON])

    def record_conversion_check(self, document: Document) -> Document:
        """Record that the published version was compared with the one before."""
        return self._step(document, states.RECORD_CONVERSION_CHECK, conversion_checked=True)

    def record_reminder(self, document: Document) -> Document:
        """Record that the review of the newest revision was reminded."""
        return self._step(document, states.RECORD_REMINDER, reminded=document.revision)

    def record_standing(self, document: Document, share: float) -> Document:
        """Record the share of the approved text that is still on the page, from 0 to 1."""
        return self._step(document, states.RECORD_STANDING, still_stands=share)

    def _step(
        self, document: Document, transition: DocumentTransition, lease: Lease | None = None, **values: Any
    ) -> Document:
        """Take a step of the table, if the record still has the state, revision and version of ``document``."""
        transition.check(document, values)
        attributes = {name: to_attribute(value) for name, value in values.items()}
        if transition.target:
            attributes |= {"status": str(transition.target), "version": (document.version or 0) + 1}
        expect: Mapping[str, Any] = {
            "status": str(document.status),
            "revision": document.revision,
            "version": document.version,
        }
        return from_item(Document, self._records.update(document.document_id, attributes, expect, lease))

    @contextmanager
    def lease(self, document_id: str, owner: str, seconds: int) -> Iterator[Held[Document]]:
        """Hold the document's lease while working on it. Raises LeaseHeld, and KeyError without such a document."""
        with self._records.lease(document_id, owner, seconds) as lease:
            yield Held(from_item(Document, lease.item), lease)

    def notification_lease(self, document_id: str, seconds: int) -> AbstractContextManager[Lease]:
        """Hold the lease for notifying people of the document's failure. Raises LeaseHeld."""
        return self._records.notification_lease(document_id, seconds)

    def lock(self, name: str, document_id: str, now: int) -> PageLock:
        """Take a lock for a document if it is free; return the lock, which another document may hold.

        ``now``, in seconds since the epoch, is recorded as the time at which it was taken: see ``release_stale``.
        Raises LeaseHeld if the lock changes hands all the time.
        """
        for _ in range(MAX_LOCK_ATTEMPTS):
            if self._records.create({"document_id": name, "held_by": document_id, "taken_at": now}):
                return PageLock(name, document_id, now)
            item = self._records.get(name)
            if item is None:
                continue  # it was released just now
            if item["held_by"] != document_id:
                taken_at = int(item["taken_at"]) if "taken_at" in item else None
                return PageLock(name, str(item["held_by"]), taken_at)
            with suppress(
                ConditionFailed
            ):  # let go: it was released as stale, and another document may hold it
                self._records.update(name, {"taken_at": now}, {"held_by": document_id})
                return PageLock(name, document_id, now)
        raise LeaseHeld(f"other documents keep taking and releasing {name}")

    def lock_holder(self, name: str) -> str | None:
        """Return the id of the document that holds a lock, or None."""
        item = self._records.get(name)
        return str(item["held_by"]) if item else None

    def release_stale(self, lock: PageLock) -> None:
        """Release a lock whose document has no record, if it was not taken again since it was read.

        A process may die or fail for good after taking the lock and before writing the record. Nothing else would ever
        release that lock.
        """
        taken = {} if lock.taken_at is None else {"taken_at": lock.taken_at}
        self._records.delete(lock.name, {"held_by": lock.held_by, **taken})

    def unlock(self, name: str, document_id: str) -> None:
        """Release a lock, if this document holds it."""
        self._records.delete(name, {"held_by": document_id})
