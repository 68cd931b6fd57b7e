"""End a document whose review ticket was deleted: release its page and comment in its source tickets."""

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
    """Ends documents whose review ticket the sweep did not find. The caller holds the document's lease."""

    records: DocumentRepository
    jira: JiraClient
    executor: DecisionExecutor

    def end(self, document: Document) -> None:
        """End a document, unless its review ticket is found again or the approved draft is already published."""
        if document.status in FINAL_STATUSES:
            self.executor.close(document)
        elif document.status in IN_REVIEW and document.missing_since:
            self._end(document)

    def _end(self, document: Document) -> None:
        approval = document.decision if document.status is DocumentStatus.PUBLISHING else None
        if self._may_exist(document):
            log.warning("review.restored", extra={"document_id": document.document_id})
            self.records.record_missing(document, None)
        elif approval and self.executor.is_published(document, approval):
            self.executor.carry_out(document, approval)
        else:
            self.executor.close(self.records.fail_without_ticket(document))

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
