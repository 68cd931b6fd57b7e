"""RevisionRequested: a reviewer, or a conflict with the page, asks for another draft of a document."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from common.atlassian import idempotent_comments
from common.atlassian.confluence_client import ConfluenceClient
from common.atlassian.http_client import AtlassianError
from common.atlassian.jira_client import JiraClient
from common.aws import event_bus
from common.aws.document_repository import DocumentRepository
from common.aws.drafting_gate import PAUSED, DraftingGate
from common.aws.event_bus import EventBus
from common.domain.document import FINAL_STATUSES, Document, DocumentStatus
from common.domain.events import Event
from handlers.document_orchestrator import notifications
from handlers.document_orchestrator.claim_page import LEASE_SECONDS
from handlers.document_orchestrator.close_without_edit import CloseWithoutEdit
from handlers.document_orchestrator.drafting.draft_revision import RevisionDrafter
from handlers.document_orchestrator.pages_read_once import PagesReadOnce

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RevisionRequested:
    """The use case of the event RevisionRequested."""

    records: DocumentRepository
    jira: JiraClient
    confluence: ConfluenceClient
    drafter: RevisionDrafter
    no_edit: CloseWithoutEdit
    bus: EventBus
    gate: DraftingGate

    def serve(self, event: Event, owner: str) -> None:
        """Draft the revision after the one in the event, and publish DocumentGenerated. Idempotent.

        While drafting is paused the document stays ``revising``; the end of the pause publishes its event again.
        Raises PermanentFailure, LeaseHeld or the errors of the services.
        """
        document_id, revision = str(event.detail["document_id"]), int(event.detail["revision"])
        if self.gate.read().paused_at:
            self._say_paused(event)
            return
        with self.records.lease(document_id, owner, LEASE_SECONDS) as held:
            document = held.record
            if document.revision <= revision and document.status is DocumentStatus.REVISING:
                document = self.drafter.draft(held, {}, PagesReadOnce(self.confluence))
            elif document.revision <= revision and document.status in FINAL_STATUSES:
                self.no_edit.close(document)
        if document.revision > revision and document.status is DocumentStatus.DRAFTED:
            event_bus.publish_document_generated(self.bus, document)

    def record_failure(self, event: Event, reason: str) -> None:
        """Record that the next draft cannot be made; comment in all tickets, and reopen the review for its reviewer."""
        log.error("work.failed", extra={"event": str(event.name), **event.detail, "reason": reason})
        document = self.records.get(str(event.detail["document_id"]))
        revision = int(event.detail["revision"])
        if document is None or not _awaits(document, revision):
            return
        if document.status is DocumentStatus.DRAFTED:
            self.records.record_unopened(document, reason)
        else:
            self.records.record_stop(document, reason)
        what = f"{document.document_id} after r{revision}"
        with self.records.notification_lease(document.document_id, LEASE_SECONDS):
            for issue in document.issue_keys:
                comment = notifications.not_draftable(reason)
                idempotent_comments.comment_failure_once(self.jira, issue, what, comment)
            comment = notifications.not_draftable(reason, notifications.HOW_TO_END_REVIEW)
            idempotent_comments.comment_failure_once(self.jira, document.review_issue_id, what, comment)
            self._reopen_review(document)

    def notify_waiting(self, event: Event, reason: str) -> None:
        """Comment once in the review ticket that the next draft is deferred."""
        document = self.records.get(str(event.detail["document_id"]))
        revision = int(event.detail["revision"])
        if document and _awaits(document, revision):
            with self.records.notification_lease(document.document_id, LEASE_SECONDS):
                what = f"{document.document_id} after r{revision}"
                notifications.comment_waiting(self.jira, document.review_issue_id, what, reason)

    def _say_paused(self, event: Event) -> None:
        log.info("revision.waits", extra={**event.detail, "reason": PAUSED})
        try:
            self.notify_waiting(event, PAUSED)
        except AtlassianError as error:  # let go: the revision waits with or without the comment
            log.warning("comment.failed", extra={**event.detail, "error": str(error)})

    def _reopen_review(self, document: Document) -> None:
        """Move a review ticket back from Done, unless it was moved again since the decision: that move comes first."""
        review = document.review_issue_id
        try:
            moves = self.jira.status_moves(review)
            if document.decision and moves and moves[-1].move_id == document.decision.move_id:
                self.jira.move_back(review)
        except AtlassianError:  # let go: the reviewer has the comment, and can move the ticket
            log.exception("review.reopen_failed", extra={"issue": review})


def _awaits(document: Document, revision: int) -> bool:
    """Return whether the draft after ``revision`` is still to be made, or made but not yet announced."""
    if document.status is DocumentStatus.DRAFTED:
        return document.revision > revision
    return document.status is DocumentStatus.REVISING
