"""Carry out a decision: publish the page, request a new revision, or end the review.

A document ends with one conditional write, which also sets ``closing``. Then the page lock is released and people are
notified. Every step is idempotent: an effect in Jira or Confluence carries an idempotency key, which is looked for
first. ``closing`` stays set until all steps are done, so a redelivery completes them.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import Any

from common.atlassian import idempotent_comments
from common.atlassian.jira_client import JiraClient
from common.aws import event_bus
from common.aws.document_repository import DocumentRepository, lock_key, page_lock_key
from common.aws.draft_store import DraftHashMismatch, DraftStore
from common.aws.event_bus import EventBus
from common.aws.review_store import ReviewStatus, ReviewStore
from common.domain.document import Decision, Document, DocumentStatus, Verdict
from handlers.approval_handler import notification_texts, notifications
from handlers.approval_handler.hold_approval import ApprovalHold, SourcesChanged
from handlers.approval_handler.publisher import PageConflict, PublishBlocked, Publisher, UnpublishedChanges

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DecisionExecutor:
    """Carries out decisions. The caller holds the document's lease.

    ``max_revisions`` is how many drafts are made at most: the document fails when the last one is sent back.
    """

    records: DocumentRepository
    drafts: DraftStore
    reviews: ReviewStore
    bus: EventBus
    jira: JiraClient
    publisher: Publisher
    approval_hold: ApprovalHold
    max_revisions: int

    def carry_out(self, document: Document, decision: Decision) -> None:
        """Carry out a decision, or continue where an earlier delivery stopped."""
        log.info(
            "decision.recorded", extra={"document_id": document.document_id, "verdict": str(decision.verdict)}
        )
        if decision.verdict is Verdict.APPROVED:
            self._publish(document, decision)
        elif decision.verdict is Verdict.REJECTED:
            self._end(document, DocumentStatus.REJECTED, decision=decision, reason=decision.feedback[:1000])
        else:
            self._send_back(document, decision)

    def is_published(self, document: Document, approval: Decision) -> bool:
        """Return whether the approved draft is already on the page: then the approval can no longer be withdrawn."""
        try:
            draft = self.drafts.get(document.document_id, approval.revision, approval.sha256)
        except DraftHashMismatch:
            return False
        return self.publisher.published(draft) is not None

    def has_unreviewed_changes(self, document: Document) -> bool:
        """Return whether the current draft contains a change that no announced revision contained."""
        if document.unopened == document.revision:
            return False  # this revision cannot be shown, so rejecting it unseen is the only way to end the review
        shown = document.announcement
        # Without an announcement the review ticket was created for the first change at least.
        seen = (
            self.drafts.get_unverified(document.document_id, shown.revision).change_ids
            if shown
            else document.change_ids[:1]
        )
        return not set(document.change_ids) <= set(seen)

    def close(self, document: Document) -> None:
        """Complete the steps after a document ended: send the event, release the page, notify people.

        Does nothing if all steps are done.
        """
        if not document.closing:
            return
        if document.publication:
            event_bus.publish_documentation_published(self.bus, document, document.publication)
        self._close_review_page(document)
        self._release_page(document)
        notifications.notify_end(self.jira, document)
        # The reason of a published document can only be an earlier failed notification.
        done: dict[str, Any] = {"reason": None} if document.status is DocumentStatus.PUBLISHED else {}
        self.records.move(document, closing=None, **done)

    def end_without_review(self, document: Document) -> None:
        """End a document whose review ticket was deleted. Only this end has no decision."""
        reason = f"its review ticket {document.review_issue_key} was deleted, or is hidden from Kinexus"
        self._end(document, DocumentStatus.FAILED, decision=None, reason=reason)

    def _publish(self, document: Document, approval: Decision) -> None:
        if document.status is not DocumentStatus.PUBLISHING or document.decision != approval:
            document = self.records.move(document, DocumentStatus.PUBLISHING, decision=approval)
        try:
            draft = self.drafts.get(document.document_id, approval.revision, approval.sha256)
            may_write = partial(self.approval_hold.check_sources, document, approval)
            overriding = self.approval_hold.overriding(document, approval)
            publication = self.publisher.publish(draft, may_write, overriding)
        except (SourcesChanged, UnpublishedChanges) as why:
            # let go: the ticket is reopened with a notice, or the approval came after that notice
            if document_held := self.approval_hold.hold(document, approval, why):
                self._publish(document_held, approval)
        except (
            PageConflict
        ) as conflict:  # let go: the review gets a comment and the document moves to revising
            self._on_conflict(document, conflict)
        except PublishBlocked as blocked:
            # let go: the review gets a comment and is reopened, or the document ends
            self._on_blocked(document, approval, blocked)
        except DraftHashMismatch as error:
            # let go: the document moves to failed with the reason, and the tickets get a comment
            self._end(document, DocumentStatus.FAILED, reason=str(error))
        else:
            self._end(document, DocumentStatus.PUBLISHED, publication=publication, reason=None)

    def _send_back(self, document: Document, decision: Decision) -> None:
        count = document.sent_back + 1
        if count < self.max_revisions:
            values: dict[str, Any] = {"decision": decision, "sent_back": count, "reason": None}
            self.records.move(document, DocumentStatus.REVISING, **values)
        else:
            reason = f"{count} drafts were sent back"
            self._end(document, DocumentStatus.FAILED, decision=decision, sent_back=count, reason=reason)

    def _on_conflict(self, document: Document, conflict: PageConflict) -> None:
        mark = idempotent_comments.comment_key(document, "conflict")
        body = notification_texts.page_conflict(str(conflict))
        idempotent_comments.comment_best_effort(self.jira, document.review_issue_id, mark, body)
        self.records.move(document, DocumentStatus.REVISING, reason=None)

    def _on_blocked(self, document: Document, approval: Decision, blocked: PublishBlocked) -> None:
        if blocked.final:
            self._end(document, DocumentStatus.FAILED, reason=str(blocked))
            return
        mark = {**idempotent_comments.comment_key(document, "obstacle"), "move_id": approval.move_id}
        idempotent_comments.comment_best_effort(
            self.jira, document.review_issue_id, mark, notification_texts.cannot_publish(str(blocked))
        )
        self.approval_hold.reopen(document, approval)

    def _end(self, document: Document, status: DocumentStatus, **values: Any) -> None:
        """Record how the document ends, in one write, then do the steps that follow."""
        if status is not DocumentStatus.PUBLISHED:
            values["created_in"] = None
        document = self.records.move(document, status, closing=True, **values)
        log.info("document.ended", extra={"document_id": document.document_id, "status": str(status)})
        self.close(document)

    def _close_review_page(self, document: Document) -> None:
        decision = document.decision
        if decision is None:
            ended = ReviewStatus(
                document.revision,
                document.review_issue_key,
                "",
                closed=True,
                verdict="its ticket was deleted",
            )
            self.reviews.store_status(document.document_id, ended)
            return
        self.reviews.store_status(
            document.document_id,
            ReviewStatus(
                revision=decision.revision,
                review_key=document.review_issue_key,
                review_url=f"{self.jira.browse_url}/browse/{document.review_issue_key}",
                closed=True,
                verdict=_verdict_text(document, decision),
                decided_by=decision.author_name,
                decided_at=decision.decided_at,
                page_url=document.publication.url if document.publication else "",
            ),
        )

    def _release_page(self, document: Document) -> None:
        self.records.unlock(lock_key(document), document.document_id)
        if document.publication:
            self.records.unlock(page_lock_key(document.publication.page_id), document.document_id)


def _verdict_text(document: Document, decision: Decision) -> str:
    """Return the verdict for the review page; an approval that was not published says so."""
    is_unpublished = decision.verdict is Verdict.APPROVED and document.publication is None
    return f"{decision.verdict}, but not published" if is_unpublished else str(decision.verdict)
