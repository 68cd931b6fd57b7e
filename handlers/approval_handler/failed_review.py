"""Records that the work on a review failed or is deferred, and comments about it. Shared by both events."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from common.atlassian import idempotent_comments
from common.atlassian.jira_client import JiraClient
from common.aws.document_repository import DocumentRepository
from common.domain.document import FINAL_STATUSES, Document, DocumentStatus
from common.domain.events import Event
from common.runtime.errors import ConditionFailed
from handlers.approval_handler import notification_texts
from handlers.approval_handler.copied_reviews import CopiedReviews

log = logging.getLogger(__name__)

#: How many seconds an invocation holds the lease on a document: the function's timeout.
LEASE_SECONDS = 90


@dataclass(frozen=True)
class FailedReview:
    """Failures of the work on reviews."""

    records: DocumentRepository
    jira: JiraClient
    copied_reviews: CopiedReviews

    def record(self, event: Event, reason: str, what: str) -> None:
        """Record a permanent failure, and comment once about ``what`` in the review ticket."""
        log.error("work.failed", extra={"event": str(event.name), **event.detail, "reason": reason})
        issue_id = str(event.detail.get("review_issue_id"))
        document = self._document(issue_id)
        if document is None:
            return
        if document.closing:
            self._record_notification_failure(document, reason)
            what, body = f"{what}, told", notification_texts.could_not_notify(reason)
        elif document.status not in FINAL_STATUSES and self._record_stop(document, reason):
            body = notification_texts.could_not_finish(reason)
        else:
            return
        with self.records.notification_lease(document.document_id, LEASE_SECONDS):
            idempotent_comments.comment_failure_once(self.jira, issue_id, what, body)

    def notify_waiting(self, event: Event, reason: str, issues: Sequence[str] = ()) -> None:
        """Comment once that work is deferred, in these tickets or else in the source tickets."""
        document = self._document(str(event.detail.get("review_issue_id")))
        if document is None or (document.status in FINAL_STATUSES and not document.closing):
            return
        what = f"{document.document_id} r{document.revision}, move {event.detail.get('move_id')}"
        with self.records.notification_lease(document.document_id, LEASE_SECONDS):
            for issue in issues or document.issue_keys:
                idempotent_comments.comment_waiting_once(self.jira, issue, what, reason)

    def _document(self, issue_id: str) -> Document | None:
        return self.records.find_by_review_ticket(issue_id) or self.copied_reviews.about_to_open(issue_id)

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
