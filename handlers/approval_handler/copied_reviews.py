"""Finished tickets that look like a review but are on record as none.

A review that is about to open is waited for. In one that was replaced, and in a copy that still names its document,
people are told where the review is. Any other ticket is left alone: the label is anyone's to set.
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
    """Answers in tickets that review no document. ``lease`` is how many seconds one invocation may take."""

    records: DocumentRepository
    jira: JiraClient
    lease: int

    def answer(self, event: Event) -> None:
        """Tell people in a finished ticket where its review is, if it was one or is a copy of one.

        Raises Busy while the ticket's own review is being opened.
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
            mark, said = (
                {"kind": "copy", "document_id": document.document_id},
                notification_texts.copied(document),
            )
        else:
            move_id = str(event.detail.get("move_id"))
            mark = {"kind": "replaced", "document_id": document.document_id, "move_id": move_id}
            said = (
                notification_texts.too_late(document)
                if document.status in FINAL_STATUSES
                else notification_texts.replaced(document)
            )
        with self.records.notification_lease(document.document_id, self.lease):
            idempotent_comments.comment_best_effort(self.jira, issue_id, mark, said)

    def about_to_open(self, issue_id: str) -> Document | None:
        """Return the document whose review a ticket is that is not on record yet."""
        named = self._named(issue_id)
        return named if named and self._is_about_to_open(issue_id, named) else None

    def _is_about_to_open(self, issue_id: str, named: Document) -> bool:
        """Say whether our account made a ticket for a document that waits for its review, and that has no other."""
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
        """Return the document that a ticket's property names; people and apps can set and copy that property."""
        document_id = self.jira.reviewed_document(self._read(issue_id))
        return self.records.get(document_id) if document_id else None
