"""The end of a document whose review ticket was deleted: its page is free, and its source tickets are told."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from common.atlassian.http_client import NotFound
from common.atlassian.jira_client import JiraClient
from common.aws.document_repository import DocumentRepository
from common.domain.document import FINAL_STATUSES, IN_REVIEW, Document, DocumentStatus
from handlers.approval_handler.carry_out_decision import DecisionExecutor

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DeletedReview:
    """Ends documents that the sweep found without their review tickets. The caller holds the document's lease."""

    records: DocumentRepository
    jira: JiraClient
    completion: DecisionExecutor

    def end(self, document: Document) -> None:
        """End a document, unless its review is back, or its page already carries what was approved."""
        if document.status in FINAL_STATUSES:
            self.completion.close(document)
        elif document.status in IN_REVIEW and document.missing_since:
            self._end(document)

    def _end(self, document: Document) -> None:
        approval = document.decision if document.status is DocumentStatus.PUBLISHING else None
        if self._may_be_there(document):
            log.warning("review.restored", extra={"document_id": document.document_id})
            self.records.move(document, missing_since=None)
        elif approval and self.completion.is_published(document, approval):
            self.completion.carry_out(document, approval)
        else:
            self.completion.end_without_review(document)

    def _may_be_there(self, document: Document) -> bool:
        """Ask once more: the message may be old, and our account's rights may have changed since it was sent."""
        try:
            self.jira.issue(document.review_issue_id)
        except NotFound:
            return not self.jira.may_browse(document.review_issue_key.rpartition("-")[0])
        return True
