"""Closed tickets that look like a review ticket but are not recorded as the review of a document.

If the review is just being opened, the message is retried later. A replaced review ticket, or a copy that still names
its document, gets a comment that says where the review is. Any other ticket is ignored, because anyone can set the
label.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.atlassian import idempotent_comments
from common.atlassian.http_client import NotFound
from common.atlassian.jira_client import REVIEW_PROPERTY, JiraClient
from common.aws.document_repository import DocumentRepository
from common.domain.document import FINAL_STATUSES, Document, DocumentStatus
from common.domain.events import Event
from common.runtime.errors import LeaseHeld
from handlers.approval_handler import notification_texts

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CopiedReviews:
    """Comments in closed tickets that are the review of no document. ``lease`` is in seconds."""

    records: DocumentRepository
    jira: JiraClient
    lease: int

    def answer(self, event: Event) -> None:
        """Comment in a closed ticket where the review is, if the ticket was a review or is a copy of one.

        Raises LeaseHeld while the ticket's own review is being opened.
        """
        issue_id = str(event.detail["review_issue_id"])
        named = self._named(issue_id)
        if named and self._is_about_to_open(issue_id, named):
            raise LeaseHeld(f"the review of {named.document_id} is about to open")
        replaced_id = self.records.document_id_reviewed_in(issue_id)
        document = self.records.get(replaced_id) if replaced_id else named
        if document is None or not document.review_issue_key:
            log.info("review.unknown", extra=dict(event.detail))
            return
        if document.review_issue_id == issue_id:
            raise LeaseHeld(f"the review of {document.document_id} has just opened")
        if replaced_id is None:
            mark = {"kind": "copy", "document_id": document.document_id}
            body = notification_texts.review_copied(document)
        else:
            move_id = str(event.detail.get("move_id"))
            mark = {"kind": "replaced", "document_id": document.document_id, "move_id": move_id}
            body = (
                notification_texts.too_late(document)
                if document.status in FINAL_STATUSES
                else notification_texts.review_replaced(document)
            )
        with self.records.notification_lease(document.document_id, self.lease):
            idempotent_comments.comment_best_effort(self.jira, issue_id, mark, body)

    def about_to_open(self, issue_id: str) -> Document | None:
        """Return the document that a ticket is about to become the review of; None for any other ticket."""
        named = self._named(issue_id)
        return named if named and self._is_about_to_open(issue_id, named) else None

    def _is_about_to_open(self, issue_id: str, named: Document) -> bool:
        """Return whether the Kinexus account created the ticket for a drafted document without another review."""
        if named.status is not DocumentStatus.DRAFTED or named.review_issue_id == issue_id:
            return False
        if not self.jira.is_created_by_us(self._read(issue_id)):
            return False
        return not (named.review_issue_id and self._read(named.review_issue_id))

    def _read(self, issue_id: str) -> Mapping[str, Any]:
        try:
            return self.jira.issue(issue_id, [REVIEW_PROPERTY])
        except NotFound:
            return {}

    def _named(self, issue_id: str) -> Document | None:
        """Return the document that a ticket's property names. People and apps can set and copy that property."""
        document_id = self.jira.reviewed_document(self._read(issue_id))
        return self.records.get(document_id) if document_id else None
