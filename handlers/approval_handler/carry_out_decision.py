"""What follows a decision: the page is published, or revised, or the review is closed; everybody is told once.

A document ends with one write of its record, which says that it is closing; then its page is free and people are told.
Every step can be done again: the effect is looked for by its mark first, and a closing document is closed until all
of it is done.
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
from handlers.approval_handler.publisher import PageConflict, PublishBlocked, Publisher, Unpublished

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DecisionExecutor:
    """What it takes to carry out a decision. The caller holds the document's lease."""

    records: DocumentRepository
    drafts: DraftStore
    reviews: ReviewStore
    bus: EventBus
    jira: JiraClient
    publisher: Publisher
    holding: ApprovalHold
    max_revisions: int

    def carry_out(self, document: Document, decision: Decision) -> None:
        """Do what was decided, or go on with it where an earlier delivery stopped."""
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
        """Say whether the page carries what was approved: from then on nobody can take the approval back."""
        try:
            draft = self.drafts.get(document.document_id, approval.revision, approval.sha256)
        except DraftHashMismatch:
            return False
        return self.publisher.published(draft) is not None

    def has_unreviewed_changes(self, document: Document) -> bool:
        """Say whether a change is in the draft that is about to be shown, and in none that was."""
        if document.unopened == document.revision:
            return False  # it cannot be shown: to reject it is the way out
        shown = document.announcement
        # A ticket that nothing was announced in was made for the first change at least.
        seen = (
            self.drafts.get_unverified(document.document_id, shown.revision).change_ids
            if shown
            else document.change_ids[:1]
        )
        return not set(document.change_ids) <= set(seen)

    def close(self, document: Document) -> None:
        """Do what is left to do for a document that is over: free its page, and tell everybody."""
        if not document.closing:
            return
        if document.publication:
            event_bus.publish_documentation_published(self.bus, document, document.publication)
        self._close_page(document)
        self._release_page(document)
        notifications.notify_end(self.jira, document)
        # A page's own reason can only be why somebody could not be told of it before.
        done: dict[str, Any] = {"reason": None} if document.status is DocumentStatus.PUBLISHED else {}
        self.records.move(document, closing=None, **done)

    def end_without_review(self, document: Document) -> None:
        """End a document whose review ticket was deleted: alone of all it ends without a decision."""
        reason = f"its review ticket {document.review_issue_key} was deleted, or is hidden from Kinexus"
        self._end(document, DocumentStatus.FAILED, decision=None, reason=reason)

    def _publish(self, document: Document, approval: Decision) -> None:
        if document.status is not DocumentStatus.PUBLISHING or document.decision != approval:
            document = self.records.move(document, DocumentStatus.PUBLISHING, decision=approval)
        try:
            draft = self.drafts.get(document.document_id, approval.revision, approval.sha256)
            may_write = partial(self.holding.check_sources, document, approval)
            overriding = self.holding.overriding(document, approval)
            publication = self.publisher.publish(draft, may_write, overriding)
        except (SourcesChanged, Unpublished) as why:
            # let go: the reviewer is told and the ticket moves back, or the approval knew of it
            if document_held := self.holding.hold(document, approval, why):
                self._publish(document_held, approval)
        except PageConflict as conflict:  # let go: the reviewer is told and the document moves to revising
            self._on_conflict(document, conflict)
        except PublishBlocked as obstacle:
            # let go: the reviewer is told and the ticket moves back, or the document ends
            self._on_blocked(document, approval, obstacle)
        except DraftHashMismatch as error:
            # let go: the document moves to failed with the reason, and the tickets are told
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
        mark, said = (
            idempotent_comments.comment_key(document, "conflict"),
            notification_texts.conflict(str(conflict)),
        )
        idempotent_comments.comment_best_effort(self.jira, document.review_issue_id, mark, said)
        self.records.move(document, DocumentStatus.REVISING, reason=None)

    def _on_blocked(self, document: Document, approval: Decision, obstacle: PublishBlocked) -> None:
        if obstacle.final:
            self._end(document, DocumentStatus.FAILED, reason=str(obstacle))
            return
        mark = {**idempotent_comments.comment_key(document, "obstacle"), "move_id": approval.move_id}
        idempotent_comments.comment_best_effort(
            self.jira, document.review_issue_id, mark, notification_texts.cannot_publish(str(obstacle))
        )
        self.holding.reopen(document, approval)

    def _end(self, document: Document, status: DocumentStatus, **values: Any) -> None:
        """Put on record how the document ends, in one write, and do what follows from it."""
        if status is not DocumentStatus.PUBLISHED:
            values["created_in"] = None
        document = self.records.move(document, status, closing=True, **values)
        log.info("document.ended", extra={"document_id": document.document_id, "status": str(status)})
        self.close(document)

    def _close_page(self, document: Document) -> None:
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
                verdict=_ending(document, decision),
                decided_by=decision.author_name,
                decided_at=decision.decided_at,
                page_url=document.publication.url if document.publication else "",
            ),
        )

    def _release_page(self, document: Document) -> None:
        self.records.unlock(lock_key(document), document.document_id)
        if document.publication:
            self.records.unlock(page_lock_key(document.publication.page_id), document.document_id)


def _ending(document: Document, decision: Decision) -> str:
    """Name how a review ended: an approval that could not be carried out must not read as if it had been."""
    is_unpublished = decision.verdict is Verdict.APPROVED and document.publication is None
    return f"{decision.verdict}, but not published" if is_unpublished else str(decision.verdict)
