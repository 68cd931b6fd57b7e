"""A document ends without an edit: its page says everything already, or somebody has written it meanwhile."""

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
    """What it takes to end a document that needs no edit. The caller has its lease."""

    records: DocumentRepository
    reviews: ReviewStore
    jira: JiraClient

    def end(self, document: Document, reason: str) -> None:
        """Put on record that a document is over, and do what follows from it."""
        ended = self.records.move(
            document,
            DocumentStatus.NOT_NEEDED,
            change_ids=document.change_ids,
            issue_keys=document.issue_keys,
            reason=reason[:1000],
        )
        self.close(ended)

    def close(self, document: Document) -> None:
        """Close the review of a document that is over, and give its page back; once more where that was cut off."""
        if document.status is DocumentStatus.NOT_NEEDED and document.review_issue_id:
            self._close_review(document)
        self.records.unlock(lock_key(document), document.document_id)

    def _close_review(self, document: Document) -> None:
        mark = idempotent_comments.comment_key(document, "not-needed")
        said = notifications.written_meanwhile(document, document.reason)
        idempotent_comments.comment_best_effort(self.jira, document.review_issue_id, mark, said)
        why = notifications.why_not_needed(document)
        for key in document.issue_keys:
            idempotent_comments.comment_best_effort(
                self.jira, key, mark, notifications.written_meanwhile(document, why)
            )
        key = document.review_issue_key
        url = f"{self.jira.browse_url}/browse/{key}"
        closed = ReviewStatus(
            document.revision, key, url, closed=True, verdict=str(DocumentStatus.NOT_NEEDED)
        )
        self.reviews.store_status(document.document_id, closed)
