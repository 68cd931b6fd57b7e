"""Carry out a decision: publish the page, request a new revision, or end the review.

A document ends with one conditional write, which also sets ``closing``. Then the page lock is released and people are
notified. Every step is idempotent: an effect in Jira or Confluence carries an idempotency key, which is looked for
first. ``closing`` stays set until all steps are done, so a redelivery completes them.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial

from common.atlassian import idempotent_comments
from common.atlassian.jira_client import JiraClient
from common.aws import event_bus
from common.aws.document_repository import DocumentRepository, lock_key, page_lock_key
from common.aws.draft_store import DraftHashMismatch, DraftStore
from common.aws.event_bus import EventBus
from common.aws.review_store import ReviewStatus, ReviewStore
from common.domain.document import Decision, Document, DocumentStatus, Verdict
from common.domain.page_links import comparison_url
from common.domain.version_note import version_note
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
            self.close(self.records.reject(document, decision))
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
        log.info(
            "document.ended", extra={"document_id": document.document_id, "status": str(document.status)}
        )
        if document.publication:
            event_bus.publish_documentation_published(self.bus, document, document.publication)
        self._close_review_page(document)
        self._release_page(document)
        notifications.notify_end(self.jira, document)
        self.records.finish_closing(document)

    def _publish(self, document: Document, approval: Decision) -> None:
        if document.status is not DocumentStatus.PUBLISHING or document.decision != approval:
            document = self.records.begin_publishing(document, approval)
        try:
            draft = self.drafts.get(document.document_id, approval.revision, approval.sha256)
            may_write = partial(self.approval_hold.check_sources, document, approval)
            overriding = self.approval_hold.overriding(document, approval)
            note = version_note(draft, approval.author_name, document.review_issue_key)
            publication = self.publisher.publish(draft, note, may_write, overriding)
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
            self.close(self.records.fail_publication(document, str(error)))
        else:
            self.close(self.records.publish(document, publication))

    def _send_back(self, document: Document, decision: Decision) -> None:
        if document.sent_back + 1 < self.max_revisions:
            self.records.send_back(document, decision)
        else:
            self.close(self.records.fail_after_revisions(document, decision))

    def _on_conflict(self, document: Document, conflict: PageConflict) -> None:
        mark = idempotent_comments.comment_key(document, "conflict")
        body = notification_texts.page_conflict(str(conflict), conflict.versions)
        idempotent_comments.comment_best_effort(self.jira, document.review_issue_id, mark, body)
        self.records.revise_after_conflict(document)

    def _on_blocked(self, document: Document, approval: Decision, blocked: PublishBlocked) -> None:
        if blocked.final:
            self.close(self.records.fail_publication(document, str(blocked)))
            return
        mark = {**idempotent_comments.comment_key(document, "obstacle"), "move_id": approval.move_id}
        idempotent_comments.comment_best_effort(
            self.jira, document.review_issue_id, mark, notification_texts.cannot_publish(str(blocked))
        )
        self.approval_hold.reopen(document, approval)

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
                compare_url=_comparison_url(document),
            ),
        )

    def _release_page(self, document: Document) -> None:
        self.records.unlock(lock_key(document), document.document_id)
        if document.publication:
            self.records.unlock(page_lock_key(document.publication.page_id), document.document_id)


def _comparison_url(document: Document) -> str:
    published = document.publication
    return comparison_url(published.url, published.version) if published else ""


def _verdict_text(document: Document, decision: Decision) -> str:
    """Return the verdict for the review page; an approval that was not published says so."""
    is_unpublished = decision.verdict is Verdict.APPROVED and document.publication is None
    return f"{decision.verdict}, but not published" if is_unpublished else str(decision.verdict)
