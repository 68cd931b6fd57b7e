"""ReviewCompleted: a review ticket was moved to Done. Its decision is carried out, or a comment says what it lacks."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from common.atlassian import idempotent_comments
from common.atlassian.jira_client import Adf, JiraClient
from common.aws import event_bus
from common.aws.document_repository import DocumentRepository
from common.aws.event_bus import EventBus
from common.domain.document import (
    FINAL_STATUSES,
    IN_REVIEW,
    MAX_REOPENINGS,
    Decision,
    Document,
    DocumentStatus,
    Undecided,
    Verdict,
)
from common.domain.events import Event
from common.intake.report_closed_review import REPLAY_MOVE_ID
from handlers.approval_handler import notification_texts, notifications
from handlers.approval_handler.carry_out_decision import DecisionExecutor
from handlers.approval_handler.copied_reviews import CopiedReviews
from handlers.approval_handler.decision.deciding_comment import NoDecision
from handlers.approval_handler.end_of_review import EndOfReview
from handlers.approval_handler.failed_review import LEASE_SECONDS, FailedReview
from handlers.approval_handler.read_review_state import ReviewGone, ReviewState, ReviewStateReader

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReviewCompleted:
    """The use case of the event ReviewCompleted."""

    records: DocumentRepository
    jira: JiraClient
    reader: ReviewStateReader
    executor: DecisionExecutor
    end: EndOfReview
    copied_reviews: CopiedReviews
    failed: FailedReview
    bus: EventBus

    def serve(self, event: Event, owner: str) -> None:
        """Carry out the decision in a closed review ticket, or comment what is missing. Idempotent.

        Raises LeaseHeld while another invocation works on the document, and ReviewGone if the ticket cannot be read.
        """
        issue_id = str(event.detail["review_issue_id"])
        document_id = self.records.document_id_reviewed_in(issue_id)
        if document_id is None:
            self.copied_reviews.answer(event)
            return
        with self.records.lease(document_id, owner, LEASE_SECONDS) as held:
            document = held.record
            if document.review_issue_id == issue_id:
                try:
                    document, decision = self._decide(document, event)
                    if decision:
                        document = self.executor.carry_out(document, decision)
                        document = self.end.complete(document, is_first=True, lease=held.lease)
                except ReviewGone as gone:
                    # The source tickets get a comment and it is raised again, or another review opens
                    document = self._on_review_gone(self.records.require(document_id), gone, event)
        if document.review_issue_id != issue_id:
            self.copied_reviews.answer(event)
        elif document.status is DocumentStatus.REVISING:
            event_bus.publish_revision_requested(self.bus, document)
        elif document.status is DocumentStatus.DRAFTED and _is_replayed(event):
            event_bus.publish_document_generated(self.bus, document)

    def record_failure(self, event: Event, reason: str) -> None:
        """Record a permanent failure in the log and the document, and comment in the review ticket."""
        # A replay has no transition id, so the message id makes the failure unique.
        what = event.message_id if _is_replayed(event) else str(event.detail.get("move_id"))
        self.failed.record(event, reason, what)

    def notify_waiting(self, event: Event, reason: str) -> None:
        """Comment in the review ticket that work is deferred."""
        self.failed.notify_waiting(event, reason, [str(event.detail.get("review_issue_id"))])

    def _decide(self, document: Document, event: Event) -> tuple[Document, Decision | None]:
        """Return the document and the decision to carry out; without one, everything is done and said."""
        if document.status in FINAL_STATUSES:
            document = self.end.complete(document, is_first=False)
            if not _is_replayed(event):
                self._answer_late(document, str(event.detail.get("move_id")))
            return document, None
        if document.status is DocumentStatus.PUBLISHING:
            approval = document.decision
            if approval and self.executor.is_published(document, approval):
                return self._continue_approval(document, approval, event)
            # The page is not written yet: the decision may have changed.
            log.info("decision.asked_again", extra={"document_id": document.document_id})
        state = self.reader.read_state(document)
        if document.status in IN_REVIEW:
            return self._review(document, state)
        return self._between_drafts(document, state)

    def _continue_approval(
        self, document: Document, approval: Decision, event: Event
    ) -> tuple[Document, Decision | None]:
        """Record that the page has the approved draft; answer a later move to Done."""
        document = self.end.complete(self.executor.carry_out(document, approval), is_first=True)
        if not _is_replayed(event):
            self._answer_late(document, str(event.detail.get("move_id")))
        return document, None

    def _review(self, document: Document, state: ReviewState | None) -> tuple[Document, Decision | None]:
        """Return what was decided on a document in review."""
        outcome = state.outcome if state else None
        approved = isinstance(outcome, Decision) and outcome.verdict is Verdict.APPROVED
        if document.status is DocumentStatus.PUBLISHING and not approved:
            document = self.records.return_to_review(document)
            log.info("approval.withdrawn", extra={"document_id": document.document_id})
        if state and isinstance(outcome, Decision) and self.executor.drops_all_edits(document, outcome):
            body = notification_texts.drops_all_edits()
            return self._ask_again(document, state.move_id, "drops all", body), None
        if state and document.reverts and self._is_beyond_revert(document, outcome):
            body = notification_texts.revert_is_exact()
            return self._ask_again(document, state.move_id, "revert is exact", body), None
        if isinstance(outcome, Decision):
            return document, outcome
        if state and isinstance(outcome, NoDecision):
            log.info(
                "decision.missing", extra={"document_id": document.document_id, "reason": str(outcome.reason)}
            )
            body = notification_texts.undecided(outcome.explanation)
            document = self._ask_again(document, state.move_id, "undecided", body)
        return document, None

    def _between_drafts(
        self, document: Document, state: ReviewState | None
    ) -> tuple[Document, Decision | None]:
        """Handle a decision while the next draft is being written.

        A rejection ends the review, unless another ticket joined whose draft was not shown yet. For anything else the
        review gets one comment per move to Done, and is reopened.
        """
        if state is None or (document.decision and document.decision.move_id == state.move_id):
            return document, None
        body = notification_texts.between_drafts(document)
        if isinstance(state.outcome, Decision) and state.outcome.verdict is Verdict.REJECTED:
            if not self.executor.has_unreviewed_changes(document):
                return document, state.outcome
            body = notification_texts.joined_unseen(document)
        if isinstance(state.outcome, NoDecision):
            return self._ask_again(document, state.move_id, "between drafts", body), None
        mark = {"kind": "between drafts", "document_id": document.document_id, "move_id": state.move_id}
        idempotent_comments.comment_best_effort(self.jira, document.review_issue_id, mark, body)
        notifications.reopen_review(self.jira, document, state.move_id)
        return document, None

    def _ask_again(self, document: Document, move_id: str, kind: str, body: Adf) -> Document:
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
            return document
        mark = {"kind": kind, "document_id": document.document_id, "move_id": move_id}
        idempotent_comments.comment_best_effort(self.jira, document.review_issue_id, mark, body)
        notifications.reopen_review(self.jira, document, move_id)
        return document

    def _answer_late(self, document: Document, move_id: str) -> None:
        """Comment, once per move to Done, that a decision came after the review was over."""
        decided_by = document.decision.move_id if document.decision else ""
        if move_id == decided_by:
            return
        state = self.reader.read_state(document)
        if state and isinstance(state.outcome, Decision) and state.move_id != decided_by:
            mark = {"kind": "late", "document_id": document.document_id, "move_id": state.move_id}
            idempotent_comments.comment_best_effort(
                self.jira, document.review_issue_id, mark, notification_texts.too_late(document)
            )

    def _is_beyond_revert(self, document: Document, outcome: object) -> bool:
        """Return whether a decision asks a revert for text that was never on the page."""
        return isinstance(outcome, Decision) and self.executor.needs_model(document, outcome)

    def _on_review_gone(self, document: Document, gone: ReviewGone, event: Event) -> Document:
        """Handle a document in review whose ticket cannot be read.

        If an operator replays it, the document becomes ``drafted`` again and another review opens. Otherwise the source
        tickets get a comment and ``gone`` is raised. In other states nothing is done: the next draft opens another
        review.
        """
        if document.status not in IN_REVIEW:
            return document
        if _is_replayed(event):
            return self.records.reopen_as_drafted(document)
        if document.status is DocumentStatus.PUBLISHING:
            # The approval can no longer be confirmed, and the page must not stay blocked for other documents.
            document = self.records.return_to_review(document)
        notifications.comment_review_gone(self.jira, document, str(gone))
        raise gone


def _is_replayed(event: Event) -> bool:
    """Return whether an operator sent the event with ``ops replay``, rather than a webhook or the sweep."""
    return event.detail.get("move_id") == REPLAY_MOVE_ID
