"""Reminds reviewers of reviews that wait for a decision: one comment for each announced revision."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from common.atlassian.idempotent_comments import comment_best_effort, comment_key
from common.atlassian.jira_client import Adf, JiraClient
from common.aws.document_repository import DocumentRepository
from common.domain.document import Document, DocumentStatus
from common.domain.status_transitions import to_epoch_seconds
from common.markup import adf
from common.runtime.deadline import remaining_seconds
from common.runtime.errors import ConditionFailed

log = logging.getLogger(__name__)

#: Seconds that one reminder may take; less than this is left for the end of the sweep.
REMINDER_RESERVE_SECONDS = 30
_DAY = 24 * 3600


@dataclass(frozen=True)
class Reminders:
    """Posts the reminders. ``days`` is the setting reminderDays; 0 for none."""

    jira: JiraClient
    documents: DocumentRepository
    days: int

    def remind(self, now: float) -> int:
        """Comment in each review that has waited for more than ``days``; return how many were reminded.

        Idempotent: a comment carries its document and revision, and the record says what was reminded. ``now`` is in
        seconds since the epoch. Raises the errors of the services, except that a ticket refuses the comment.
        """
        if not self.days:
            return 0
        number = 0
        due = [
            each for each in self.documents.with_status(DocumentStatus.IN_REVIEW) if self._is_due(each, now)
        ]
        for place, document in enumerate(due):
            if remaining_seconds() < REMINDER_RESERVE_SECONDS:
                log.error("sweep.incomplete", extra={"kind": "reminders", "left": len(due) - place})
                break
            number += self._remind(document, now)
        return number

    def _is_due(self, document: Document, now: float) -> bool:
        announced = document.announcement
        if announced is None or document.reminded == document.revision:
            return False
        return now - to_epoch_seconds(announced.at) > self.days * _DAY

    def _remind(self, document: Document, now: float) -> bool:
        # The index lags: the document may be decided by now, or reminded by another sweep.
        fresh = self.documents.get(document.document_id)
        if fresh is None or fresh.status is not DocumentStatus.IN_REVIEW or not self._is_due(fresh, now):
            return False
        mark = comment_key(fresh, "reminder")
        if comment_best_effort(self.jira, fresh.review_issue_id, mark, reminder(fresh, self.days)) is None:
            return False
        try:
            self.documents.record_reminder(fresh)
        except ConditionFailed:  # let go: it was decided just now, or reminded by another sweep
            log.info("reminder.overtaken", extra={"document_id": fresh.document_id})
        log.info("review.reminded", extra={"issue_key": fresh.review_issue_key})
        return True


def reminder(document: Document, days: int) -> Adf:
    """Return the comment that a review waits, and how to decide."""
    waited = "a day" if days == 1 else f"{days} days"
    return adf.doc(
        adf.paragraph(
            f"Revision {document.revision} has waited for a decision for more than {waited}. To decide, comment "
            "APPROVED, NEEDS REVISION or REJECTED, and move this ticket to Done. There is no further reminder of this "
            "revision."
        )
    )
