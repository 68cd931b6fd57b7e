"""Process the queue's events: read from Jira what was decided in a closed review ticket, and carry it out."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from common.atlassian import idempotent_comments
from common.atlassian.jira_client import Adf, JiraClient
from common.aws import event_bus
from common.aws.document_repository import DocumentRepository
from common.domain.approver_rules import ApproverRules
from common.domain.document import (
    FINAL_STATUSES,
    MAX_REOPENINGS,
    Decision,
    Document,
    DocumentStatus,
    Undecided,
    Verdict,
)
from common.domain.events import Event, EventName
from common.intake.detect_change import REPLAY_MOVE_ID
from common.runtime.errors import ConditionFailed
from handlers.approval_handler import notification_texts, notifications
from handlers.approval_handler.carry_out_decision import DecisionExecutor
from handlers.approval_handler.copied_reviews import CopiedReviews
from handlers.approval_handler.decision.deciding_comment import NoDecision
from handlers.approval_handler.deleted_review import DeletedReview
from handlers.approval_handler.read_review_state import ReviewGone, ReviewStateReader

log = logging.getLogger(__name__)

#: How many seconds an invocation holds the lease on a document: the function's timeout.
LEASE_SECONDS = 90


@dataclass(frozen=True)
class ReviewProcessor:
    """Processes the events ReviewCompleted and ReviewDeleted of this function's queue."""

    records: DocumentRepository
    jira: JiraClient
    executor: DecisionExecutor
    approvers: ApproverRules

    @property
    def _copied_reviews(self) -> CopiedReviews:
        return CopiedReviews(self.records, self.jira, LEASE_SECONDS)

    def serve(self, event: Event, owner: str) -> None:
        """Carry out the decision in a closed review ticket, or comment what is missing.

        Raises LeaseHeld while another invocation works on the document, and ReviewGone if the ticket cannot be read.
        """
        issue_id = str(event.detail["review_issue_id"])
        document = self.records.find_by_review_ticket(issue_id)
        if event.name is EventName.REVIEW_DELETED:
            if document:
                self._end_deleted(document, owner)
            return
        if document is None:
            self._copied_reviews.answer(event)
            return
        with self.records.lease(document.document_id, owner, LEASE_SECONDS):
            try:
                self._decide(self.records.require(document.document_id), event)
            except ReviewGone as gone:
                # let go: the source tickets get a comment and it is raised again, or the document is drafted again
                self._on_review_gone(self.records.require(document.document_id), gone, event)
        document = self.records.require(document.document_id)
        if document.status is DocumentStatus.REVISING:
            event_bus.publish_revision_requested(self.executor.bus, document)
        elif document.status is DocumentStatus.DRAFTED and _is_replayed(event):
            event_bus.publish_document_generated(self.executor.bus, document)

    def _end_deleted(self, document: Document, owner: str) -> None:
        deleted = DeletedReview(self.records, self.jira, self.executor)
        with self.records.lease(document.document_id, owner, LEASE_SECONDS):
            deleted.end(self.records.require(document.document_id))

    def record_failure(self, event: Event, reason: str) -> None:
        """Record a permanent failure in the log and the document, and comment in the review ticket."""
        log.error("work.failed", extra={"event": str(event.name), **event.detail, "reason": reason})
        issue_id = str(event.detail.get("review_issue_id"))
        document = self.records.find_by_review_ticket(issue_id) or self._copied_reviews.about_to_open(
            issue_id
        )
        if document is None:
            return
        # A deleted review and a replay have no transition id, so the message id makes the failure unique.
        has_move = event.name is EventName.REVIEW_COMPLETED and not _is_replayed(event)
        what = str(event.detail.get("move_id")) if has_move else event.message_id
        if document.closing:
            self._record_notification_failure(document, reason)
            what, body = f"{what}, told", notification_texts.could_not_notify(reason)
        elif document.status not in FINAL_STATUSES and self._record_stop(document, reason):
            body = notification_texts.could_not_finish(reason)
        else:
            return
        with self.records.notification_lease(document.document_id, LEASE_SECONDS):
            idempotent_comments.comment_failure_once(self.jira, issue_id, what, body)

    def notify_waiting(self, event: Event, reason: str) -> None:
        """Comment that work is deferred: in the review ticket, or in the source tickets if the review was deleted."""
        issue_id = str(event.detail.get("review_issue_id"))
        document = self.records.find_by_review_ticket(issue_id) or self._copied_reviews.about_to_open(
            issue_id
        )
        if document is None or (document.status in FINAL_STATUSES and not document.closing):
            return
        what = f"{document.document_id} r{document.revision}, move {event.detail.get('move_id')}"
        with self.records.notification_lease(document.document_id, LEASE_SECONDS):
            for issue in document.issue_keys if event.name is EventName.REVIEW_DELETED else (issue_id,):
                idempotent_comments.comment_waiting_once(self.jira, issue, what, reason)

    def _on_review_gone(self, document: Document, gone: ReviewGone, event: Event) -> None:
        """Handle a document in review whose ticket cannot be read.

        If an operator replays it, the document becomes ``drafted`` again and another review opens. Otherwise the source
        tickets get a comment and ``gone`` is raised. In other states nothing is done: the next draft opens another
        review.
        """
        if document.status not in (DocumentStatus.IN_REVIEW, DocumentStatus.PUBLISHING):
            return
        if _is_replayed(event):
            self.records.reopen_as_drafted(document)
            return
        if document.status is DocumentStatus.PUBLISHING:
            # The approval can no longer be confirmed, and the page must not stay blocked for other documents.
            document = self.records.return_to_review(document)
        mark = {
            **idempotent_comments.comment_key(document, "review-gone"),
            "review": document.review_issue_key,
        }
        for key in document.issue_keys:
            idempotent_comments.comment_best_effort(
                self.jira, key, mark, notification_texts.review_gone(str(gone), key)
            )
        raise gone

    def _record_notification_failure(self, document: Document, reason: str) -> None:
        """Record why a notification about a published page failed; other documents keep their reason."""
        if document.status is DocumentStatus.PUBLISHED:
            try:
                self.records.record_notification_failure(document, reason)
            except ConditionFailed:  # let go: another worker changed the document and notifies people itself
                log.info("review.moved_meanwhile", extra={"document_id": document.document_id})

    def _record_stop(self, document: Document, reason: str) -> bool:
        """Record why work on a document stopped; return whether the document is still open."""
        try:
            document = self.records.record_stop(document, reason)
        except ConditionFailed:
            document = self.records.require(document.document_id)  # another worker changed it
        return document.status not in FINAL_STATUSES

    def _decide(self, document: Document, event: Event) -> None:
        if document.status in FINAL_STATUSES:
            self.executor.close(document)
            if not _is_replayed(event):
                self._answer_late(document, str(event.detail.get("move_id")))
        elif document.status is DocumentStatus.IN_REVIEW:
            self._review(document)
        elif document.status is DocumentStatus.PUBLISHING:
            self._continue_approval(document, event)
        else:
            self._between_drafts(document)

    def _continue_approval(self, document: Document, event: Event) -> None:
        """Continue an approval; if the page is not written yet, read the decision again, as it may have changed."""
        approval = document.decision
        if approval and self.executor.is_published(document, approval):
            self.executor.carry_out(document, approval)
            if not _is_replayed(event):
                self._answer_late(
                    self.records.require(document.document_id), str(event.detail.get("move_id"))
                )
            return
        log.info("decision.asked_again", extra={"document_id": document.document_id})
        self._review(document)

    def _review(self, document: Document) -> None:
        state = ReviewStateReader(self.jira, self.approvers).read_state(document)
        outcome = state.outcome if state else None
        approved = isinstance(outcome, Decision) and outcome.verdict is Verdict.APPROVED
        if document.status is DocumentStatus.PUBLISHING and not approved:
            document = self.records.return_to_review(document)
            log.info("approval.withdrawn", extra={"document_id": document.document_id})
        if isinstance(outcome, Decision):
            self.executor.carry_out(document, outcome)
        elif state and isinstance(outcome, NoDecision):
            log.info(
                "decision.missing", extra={"document_id": document.document_id, "reason": str(outcome.reason)}
            )
            body = notification_texts.undecided(outcome.explanation)
            self._ask_again(document, state.move_id, "undecided", body)

    def _ask_again(self, document: Document, move_id: str, kind: str, body: Adf) -> None:
        """Comment on a move to Done without a decision and reopen the review, at most MAX_REOPENINGS times.

        The move is recorded before the comment, so a redelivery does not count it twice.
        """
        known = document.undecided_moves
        if move_id not in known and not document.stays_undecided:
            undecided = Undecided(document.revision, (*known, move_id))
            document = self.records.record_undecided(document, undecided)
        if document.stays_undecided and move_id not in document.undecided_moves[:MAX_REOPENINGS]:
            log.warning("review.stays_undecided", extra={"document_id": document.document_id})
            mark = idempotent_comments.comment_key(document, "stays undecided")
            idempotent_comments.comment_best_effort(
                self.jira, document.review_issue_id, mark, notification_texts.stays_undecided(document)
            )
            return
        mark = {"kind": kind, "document_id": document.document_id, "move_id": move_id}
        idempotent_comments.comment_best_effort(self.jira, document.review_issue_id, mark, body)
        notifications.reopen_review(self.jira, document, move_id)

    def _answer_late(self, document: Document, move_id: str) -> None:
        """Comment, once per move to Done, that a decision came after the review was over."""
        decided_by = document.decision.move_id if document.decision else ""
        if move_id == decided_by:
            return
        state = ReviewStateReader(self.jira, self.approvers).read_state(document)
        if state and isinstance(state.outcome, Decision) and state.move_id != decided_by:
            mark = {"kind": "late", "document_id": document.document_id, "move_id": state.move_id}
            idempotent_comments.comment_best_effort(
                self.jira, document.review_issue_id, mark, notification_texts.too_late(document)
            )

    def _between_drafts(self, document: Document) -> None:
        """Handle a decision while the next draft is being written.

        A rejection ends the review, unless another ticket joined whose draft was not shown yet. For anything else the
        review gets one comment per move to Done, and is reopened.
        """
        state = ReviewStateReader(self.jira, self.approvers).read_state(document)
        if state is None or (document.decision and document.decision.move_id == state.move_id):
            return
        body = notification_texts.between_drafts(document)
        if isinstance(state.outcome, Decision) and state.outcome.verdict is Verdict.REJECTED:
            if not self.executor.has_unreviewed_changes(document):
                self.executor.carry_out(document, state.outcome)
                return
            body = notification_texts.joined_unseen(document)
        if isinstance(state.outcome, NoDecision):
            self._ask_again(document, state.move_id, "between drafts", body)
            return
        mark = {"kind": "between drafts", "document_id": document.document_id, "move_id": state.move_id}
        idempotent_comments.comment_best_effort(self.jira, document.review_issue_id, mark, body)
        notifications.reopen_review(self.jira, document, state.move_id)


def _is_replayed(event: Event) -> bool:
    """Return whether an operator sent the event with ``ops replay``, rather than a webhook or the sweep."""
    return event.detail.get("move_id") == REPLAY_MOVE_ID
