"""ReviewDeleted: sweeps did not find a review ticket. Its document ends, and its source tickets are told."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from common.atlassian.http_client import NotFound
from common.atlassian.jira_client import JiraClient
from common.aws.document_repository import DocumentRepository
from common.domain.document import FINAL_STATUSES, IN_REVIEW, Document, DocumentStatus
from common.domain.document_states import MISSING
from common.domain.events import Event
from handlers.approval_handler.carry_out_decision import DecisionExecutor
from handlers.approval_handler.end_of_review import EndOfReview
from handlers.approval_handler.failed_review import LEASE_SECONDS, FailedReview

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReviewDeleted:
    """The use case of the event ReviewDeleted."""

    records: DocumentRepository
    jira: JiraClient
    executor: DecisionExecutor
    end: EndOfReview
    failed: FailedReview

    def serve(self, event: Event, owner: str) -> None:
        """End a document, unless its review ticket is found again or the approved draft is already published."""
        issue_id = str(event.detail["review_issue_id"])
        document_id = self.records.document_id_reviewed_in(issue_id)
        if document_id is None:
            return
        with self.records.lease(document_id, owner, LEASE_SECONDS) as held:
            document = held.record
            if document.review_issue_id != issue_id:
                return
            if document.status in FINAL_STATUSES:
                self.end.complete(document, is_first=False, lease=held.lease)
            elif document.status in IN_REVIEW and MISSING.holds(document):
                document = self._end(document)
                self.end.complete(document, is_first=True, lease=held.lease)

    def record_failure(self, event: Event, reason: str) -> None:
        """Record a permanent failure in the log and the document."""
        self.failed.record(event, reason, event.message_id)

    def notify_waiting(self, event: Event, reason: str) -> None:
        """Comment in the source tickets that work is deferred."""
        self.failed.notify_waiting(event, reason)

    def _end(self, document: Document) -> Document:
        """Return the document after it ended; still open if its review ticket may exist."""
        approval = document.decision if document.status is DocumentStatus.PUBLISHING else None
        if self._may_exist(document):
            log.warning("review.restored", extra={"document_id": document.document_id})
            return self.records.record_missing(document, None)
        if approval and self.executor.is_published(document, approval):
            return self.executor.carry_out(document, approval)
        return self.records.fail_without_ticket(document)

    def _may_exist(self, document: Document) -> bool:
        """Ask Jira again whether the review ticket may exist.

        The message may be old, and the permissions of the Kinexus account may have changed since it was sent. If the
        account cannot browse the project, the ticket may exist.
        """
        try:
            self.jira.issue(document.review_issue_id)
        except NotFound:
            return not self.jira.may_browse(document.review_issue_key.rpartition("-")[0])
        return True
