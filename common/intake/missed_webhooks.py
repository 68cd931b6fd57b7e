"""Finds closed tickets and reviews whose webhook was lost, by Jira's search, and processes them (reconciliation).

Open reviews whose ticket was deleted are found by common.intake.missing_reviews.

The rules and the change id are those of the webhook, so no ticket is documented twice. (Only a webhook without a
changelog, as a workflow's post function sends it, has another id.) A decided review is reported again, with the same
``move_id``, until its document is closed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from common.atlassian.jira_client import JiraClient
from common.atlassian.webhook_payload import WebhookPayload
from common.aws.change_repository import ChangeRepository
from common.aws.document_repository import DocumentRepository
from common.aws.event_bus import EventBus
from common.intake.detect_change import (
    REVIEW_LABEL,
    ChangeDetector,
    DetectionResult,
    derive_change_id,
)
from common.intake.eligibility import EligibilityRules, evaluate_eligibility
from common.intake.finished_issues import FinishedIssues
from common.intake.missing_reviews import MissingReviews
from common.intake.report_closed_review import handle_review_closed
from common.runtime.deadline import Clock


@dataclass(frozen=True)
class MissedWebhooks:
    """Finds closed tickets and reviews in Jira, and processes each as its webhook would have been."""

    jira: JiraClient
    changes: ChangeRepository
    documents: DocumentRepository
    bus: EventBus
    rules: EligibilityRules
    clock: Clock

    def finished_tickets(self, seconds: int) -> FinishedIssues:
        """Return the tickets to document that were closed in the last ``seconds``.

        The query is wider than the rules, which then filter its results: JQL cannot compare labels ignoring case, or
        find labels by the prefix ``docs:``.
        """
        rules, now = self.rules, self.clock()
        labels = () if rules.issue_types else ("labels IS NOT EMPTY",)
        return self._moved(
            seconds,
            lambda event: (
                REVIEW_LABEL not in event.labels and evaluate_eligibility(event, rules, now).document
            ),
            *labels,
        )

    def finished_reviews(self, seconds: int) -> FinishedIssues:
        """Return the review tickets that were closed in the last ``seconds`` and are still closed.

        Includes every ticket that the Kinexus account created, because anyone may remove the review label.
        """
        return self._moved(
            seconds, lambda event: True, f'(labels = "{REVIEW_LABEL}" OR creator = currentUser())'
        )

    @property
    def missing_reviews(self) -> MissingReviews:
        """The open reviews whose ticket is missing."""
        return MissingReviews(self.jira, self.documents, self.bus)

    def process_ticket(self, event: WebhookPayload) -> DetectionResult:
        """Process a closed ticket as its webhook would have been."""
        # Nearly all are recorded already, and a read costs less than a rejected conditional write.
        known = self.changes.get(derive_change_id(event))
        detection = ChangeDetector(self.changes, self.bus, self.rules, self.clock)
        return detection.republish(known) if known else detection.handle(event)

    def process_review(self, event: WebhookPayload) -> str:
        """Process a closed review as its webhook would have been; return a status."""
        document = self.documents.find_by_review_ticket(event.issue_id)
        if document and document.is_done:
            return "over"
        if document and REVIEW_LABEL not in event.labels:
            event = replace(event, labels=(*event.labels, REVIEW_LABEL))  # it was removed by a person
        return handle_review_closed(event, self.bus)[0]

    def _moved(
        self, seconds: int, is_wanted: Callable[[WebhookPayload], bool], *clauses: str
    ) -> FinishedIssues:
        since = self.clock() - seconds
        return FinishedIssues(self.jira, _query(seconds, *clauses), since, is_wanted)


def _query(seconds: int, *clauses: str) -> str:
    # Updated, not resolved: not every workflow resolves. Minutes, not dates: Jira reads dates in the time zone of the
    # Kinexus account.
    window = f'updated >= "-{max(1, seconds // 60)}m"'
    return " AND ".join(("statusCategory = Done", window, *clauses))
