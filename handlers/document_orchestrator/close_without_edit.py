"""Ends a document without an edit, because its page is up to date or a person has made the change already."""

from __future__ import annotations

from dataclasses import dataclass

from common.atlassian import idempotent_comments
from common.atlassian.jira_client import JiraClient
from common.aws.document_repository import DocumentRepository, lock_key
from common.aws.review_store import ReviewStatus, ReviewStore
from common.domain.document import Document, DocumentStatus
from handlers.document_orchestrator import notifications


@dataclass(frozen=True)
class CloseWithoutEdit:
    """Ends documents that need no edit. The caller must hold the document's lease."""

    records: DocumentRepository
    reviews: ReviewStore
    jira: JiraClient

    def end(self, document: Document, reason: str) -> Document:
        """Record a document as not needed, with the reason (cut to 1,000 characters), then close it; return it."""
        ended = self.records.end_without_edit(document, reason)
        self.close(ended)
        return ended

    def close(self, document: Document) -> None:
        """Close the review of a document in a final status and unlock its page. Idempotent."""
        if document.status is DocumentStatus.NOT_NEEDED and document.review_issue_id:
            self._close_review(document)
        self.records.unlock(lock_key(document), document.document_id)

    def _close_review(self, document: Document) -> None:
        mark = idempotent_comments.comment_key(document, "not-needed")
        comment = notifications.already_up_to_date(document, document.reason)
        idempotent_comments.comment_best_effort(self.jira, document.review_issue_id, mark, comment)
        comment = notifications.already_up_to_date(document, notifications.why_not_needed(document))
        for key in document.issue_keys:
            idempotent_comments.comment_best_effort(self.jira, key, mark, comment)
        key = document.review_issue_key
        url = f"{self.jira.browse_url}/browse/{key}"
        closed = ReviewStatus(
            document.revision, key, url, closed=True, verdict=str(DocumentStatus.NOT_NEEDED)
        )
        self.reviews.store_status(document.document_id, closed)
