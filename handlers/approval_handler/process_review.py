"""The second door: a review that was moved to done is decided from what Jira itself says, and carried out."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from common.atlassian import idempotent_comments
from common.atlassian.jira_client import Adf, JiraClient
from common.aws import event_bus
from common.aws.document_repository import DocumentRepository
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
from handlers.approval_handler.decision.deciding_comment import Refusal
from handlers.approval_handler.deleted_review import DeletedReview
from handlers.approval_handler.read_review_state import ApproverRules, ReviewGone, ReviewStateReader

log = logging.getLogger(__name__)

#: Seconds that one invocation may work on a document alone: its function's timeout.
LEASE_SECONDS = 90


@dataclass(frozen=True)
class ReviewProcessor:
    """What it takes to serve this function's queue."""

    records: DocumentRepository
    jira: JiraClient
    completion: DecisionExecutor
    approvers: ApproverRules

    @property
    def _others(self) -> CopiedReviews:
        return CopiedReviews(self.records, self.jira, LEASE_SECONDS)

    def serve(self, event: Event, owner: str) -> None:
        """Carry out the decision on a finished review ticket, or tell the reviewer what is missing."""
        issue_id = str(event.detail["review_issue_id"])
        document = self.records.find_by_review_ticket(issue_id)
        if event.name is EventName.REVIEW_DELETED:
            if document:
                self._end_deleted(document, owner)
            return
        if document is None:
            self._others.answer(event)
            return
        with self.records.lease(document.document_id, owner, LEASE_SECONDS):
            try:
                self._decide(self.records.require(document.document_id), event)
            except ReviewGone as gone:
                # let go: the source tickets are told, or the document goes back to its draft
                self._without_review(self.records.require(document.document_id), gone, event)
        document = self.records.require(document.document_id)
        if document.status is DocumentStatus.REVISING:
            event_bus.publish_revision_requested(self.completion.bus, document)
        elif document.status is DocumentStatus.DRAFTED and _is_replayed(event):
            event_bus.publish_document_generated(self.completion.bus, document)

    def _end_deleted(self, document: Document, owner: str) -> None:
        deleted = DeletedReview(self.records, self.jira, self.completion)
        with self.records.lease(document.document_id, owner, LEASE_SECONDS):
            deleted.end(self.records.require(document.document_id))

    def record_failure(self, event: Event, reason: str) -> None:
        """Put a failure on record and tell the reviewer."""
        log.error("work.failed", extra={"event": str(event.name), **event.detail, "reason": reason})
        issue_id = str(event.detail.get("review_issue_id"))
        document = self.records.find_by_review_ticket(issue_id) or self._others.about_to_open(issue_id)
        if document is None:
            return
        # What has no move of its own is a failure of its own in each message.
        has_move = event.name is EventName.REVIEW_COMPLETED and not _is_replayed(event)
        what = str(event.detail.get("move_id")) if has_move else event.message_id
        if document.closing:
            self._record_notification_failure(document, reason)
            what, said = f"{what}, told", notification_texts.could_not_tell(reason)
        elif document.status not in FINAL_STATUSES and self._record_stop(document, reason):
            said = notification_texts.could_not_finish(reason)
        else:
            return
        with self.records.notification_lease(document.document_id, LEASE_SECONDS):
            idempotent_comments.comment_failure_once(self.jira, issue_id, what, said)

    def tell_waiting(self, event: Event, reason: str) -> None:
        """Tell people that work on a review waits: the reviewer, or where the review was deleted the source tickets."""
        issue_id = str(event.detail.get("review_issue_id"))
        document = self.records.find_by_review_ticket(issue_id) or self._others.about_to_open(issue_id)
        if document is None or (document.status in FINAL_STATUSES and not document.closing):
            return
        what = f"{document.document_id} r{document.revision}, move {event.detail.get('move_id')}"
        with self.records.notification_lease(document.document_id, LEASE_SECONDS):
            for issue in document.issue_keys if event.name is EventName.REVIEW_DELETED else (issue_id,):
                idempotent_comments.comment_waiting_once(self.jira, issue, what, reason)

    def _without_review(self, document: Document, gone: ReviewGone, event: Event) -> None:
        """Take a document whose review is gone back to its draft where an operator wants another; else raise ``gone``.

        The source tickets are told, since nobody can be told in the review. Where a draft is to be shown anyway, or to
        be made, another review opens with it.
        """
        if document.status not in (DocumentStatus.IN_REVIEW, DocumentStatus.PUBLISHING):
            return
        if _is_replayed(event):
            self.records.move(document, DocumentStatus.DRAFTED, decision=None, reason=None)
            return
        if document.status is DocumentStatus.PUBLISHING:
            # Nobody can confirm the approval any more, and the page is not to be kept from others.
            document = self.records.move(document, DocumentStatus.IN_REVIEW, decision=None)
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
        """Put on record why not everybody could be told of a page; what ended otherwise keeps the reason it has."""
        if document.status is DocumentStatus.PUBLISHED:
            try:
                self.records.move(document, reason=reason[:1000])
            except ConditionFailed:  # let go: another worker moved the document on, and tells people itself
                log.info("review.moved_meanwhile", extra={"document_id": document.document_id})

    def _record_stop(self, document: Document, reason: str) -> bool:
        """Put on record why work on a document stopped; say whether it is still open."""
        try:
            document = self.records.move(document, reason=reason[:1000])
        except ConditionFailed:
            document = self.records.require(document.document_id)  # whoever moved it says what became of it
        return document.status not in FINAL_STATUSES

    def _decide(self, document: Document, event: Event) -> None:
        if document.status in FINAL_STATUSES:
            self.completion.close(document)
            if not _is_replayed(event):
                self._answer_late(document, str(event.detail.get("move_id")))
        elif document.status is DocumentStatus.IN_REVIEW:
            self._review(document)
        elif document.status is DocumentStatus.PUBLISHING:
            self._approved(document, event)
        else:
            self._between_drafts(document)

    def _approved(self, document: Document, event: Event) -> None:
        """Go on with an approval: as long as the page does not carry it, it must still be what the reviewer wants."""
        approval = document.decision
        if approval and self.completion.is_published(document, approval):
            self.completion.carry_out(document, approval)
            if not _is_replayed(event):
                self._answer_late(
                    self.records.require(document.document_id), str(event.detail.get("move_id"))
                )
            return
        log.info("decision.asked_again", extra={"document_id": document.document_id})
        self._review(document)

    def _review(self, document: Document) -> None:
        heard = ReviewStateReader(self.jira, self.approvers).read_state(document)
        found = heard.found if heard else None
        approved = isinstance(found, Decision) and found.verdict is Verdict.APPROVED
        if document.status is DocumentStatus.PUBLISHING and not approved:
            document = self.records.move(document, DocumentStatus.IN_REVIEW, decision=None)
            log.info("approval.withdrawn", extra={"document_id": document.document_id})
        if isinstance(found, Decision):
            self.completion.carry_out(document, found)
        elif heard and isinstance(found, Refusal):
            log.info(
                "decision.missing", extra={"document_id": document.document_id, "reason": str(found.reason)}
            )
            self._ask_again(document, heard.move_id, "undecided", notification_texts.undecided(found.words))

    def _ask_again(self, document: Document, move_id: str, kind: str, said: Adf) -> None:
        """Answer a move to done that brought no decision, and open the review again; not for ever.

        The move is on record before it is answered, so that a redelivery does not count it twice.
        """
        known = document.undecided_moves
        if move_id not in known and not document.stays_undecided:
            undecided = Undecided(document.revision, (*known, move_id))
            document = self.records.move(document, undecided=undecided)
        if document.stays_undecided and move_id not in document.undecided_moves[:MAX_REOPENINGS]:
            log.warning("review.stays_undecided", extra={"document_id": document.document_id})
            mark = idempotent_comments.comment_key(document, "stays undecided")
            idempotent_comments.comment_best_effort(
                self.jira, document.review_issue_id, mark, notification_texts.stays_undecided(document)
            )
            return
        mark = {"kind": kind, "document_id": document.document_id, "move_id": move_id}
        idempotent_comments.comment_best_effort(self.jira, document.review_issue_id, mark, said)
        notifications.reopen_review(self.jira, document, move_id)

    def _answer_late(self, document: Document, move_id: str) -> None:
        """Tell whoever decides in a review that is over that it is, once a move."""
        decided_by = document.decision.move_id if document.decision else ""
        if move_id == decided_by:
            return
        heard = ReviewStateReader(self.jira, self.approvers).read_state(document)
        if heard and isinstance(heard.found, Decision) and heard.move_id != decided_by:
            mark = {"kind": "late", "document_id": document.document_id, "move_id": heard.move_id}
            idempotent_comments.comment_best_effort(
                self.jira, document.review_issue_id, mark, notification_texts.too_late(document)
            )

    def _between_drafts(self, document: Document) -> None:
        """While the next draft is being made, a rejection ends the review; anything else is answered, once a move.

        What somebody's ticket has added since is not rejected unseen.
        """
        heard = ReviewStateReader(self.jira, self.approvers).read_state(document)
        if heard is None or (document.decision and document.decision.move_id == heard.move_id):
            return
        said = notification_texts.between_drafts(document)
        if isinstance(heard.found, Decision) and heard.found.verdict is Verdict.REJECTED:
            if not self.completion.has_unreviewed_changes(document):
                self.completion.carry_out(document, heard.found)
                return
            said = notification_texts.joined_unseen(document)
        if isinstance(heard.found, Refusal):
            self._ask_again(document, heard.move_id, "between drafts", said)
            return
        mark = {"kind": "between drafts", "document_id": document.document_id, "move_id": heard.move_id}
        idempotent_comments.comment_best_effort(self.jira, document.review_issue_id, mark, said)
        notifications.reopen_review(self.jira, document, heard.move_id)


def _is_replayed(event: Event) -> bool:
    """Say whether an operator sends the event, rather than a webhook or the sweep."""
    return event.detail.get("move_id") == REPLAY_MOVE_ID
