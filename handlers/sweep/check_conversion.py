"""Checks once for each published page what Confluence's conversion lost, and comments a loss in the review ticket."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from common.atlassian.confluence_client import ConfluenceClient
from common.atlassian.http_client import NotFound, RequestRefused, Unauthorized
from common.atlassian.idempotent_comments import comment_best_effort, comment_key
from common.atlassian.jira_client import JiraClient
from common.aws.document_repository import DocumentRepository
from common.aws.draft_store import DraftStore
from common.domain.document import Document, DocumentKind, DocumentStatus, Publication
from common.domain.version_note import is_note_of
from common.runtime.errors import ConditionFailed
from handlers.sweep.loss_text import content_lost
from handlers.sweep.lost_content import lost_content

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ConversionCheck:
    """Compares the version of a page that Kinexus wrote with the version before it, as the new editor holds them."""

    jira: JiraClient
    confluence: ConfluenceClient
    documents: DocumentRepository
    drafts: DraftStore

    def check(self, review_issue_id: str) -> bool:
        """Check the page that was published from a review, unless it is checked; return whether it lost content.

        Idempotent. Raises the errors of the services, except for a page that is gone or refused: nothing can be
        compared then.
        """
        document = self.documents.find_by_review_ticket(review_issue_id)
        if document is None or document.publication is None or not _is_due(document):
            return False
        try:
            is_lossy = self._compare(document, document.publication)
        except (NotFound, RequestRefused, Unauthorized) as error:
            if error.status == 401:
                raise
            # The page or one of its versions was deleted, or is restricted now
            log.warning(
                "conversion.unknown", extra={"document_id": document.document_id, "detail": str(error)}
            )
            is_lossy = False
        try:
            self.documents.record_conversion_check(document)
        except ConditionFailed:  # let go: another sweep has checked it, and the comment is idempotent
            log.info("conversion.checked_already", extra={"document_id": document.document_id})
        return is_lossy

    def _compare(self, document: Document, publication: Publication) -> bool:
        draft = self.drafts.get_unverified(document.document_id, document.revision)
        ours = self.confluence.editor_version(publication.page_id, publication.version)
        if ours is None or not is_note_of(ours.saved.message, draft):
            return False  # the page had the draft's content already, so Kinexus wrote no version
        before = self.confluence.editor_version(publication.page_id, publication.version - 1)
        if before is None:
            return False
        lost = lost_content(before.document, ours.document, draft)
        if not lost:
            return False
        named = {str(kind): number for kind, number in lost.items()}
        log.warning("conversion.lost", extra={"document_id": document.document_id, "lost": named})
        mark = comment_key(document, "conversion-loss")
        comment_best_effort(self.jira, document.review_issue_id, mark, content_lost(publication, lost))
        return True


def _is_due(document: Document) -> bool:
    return (
        document.status is DocumentStatus.PUBLISHED
        and document.is_done
        and document.kind is DocumentKind.UPDATE
        and not document.conversion_checked
    )
