"""Finished tickets and reviews that Jira never told us about: webhooks can be lost for good, Jira's search cannot.

Open reviews whose ticket was deleted are found as well: see common.intake.missing_reviews.

What is found goes through the same rules as a webhook, under the same change id, so a ticket that was told of is not
documented twice. (Only a webhook without a changelog, as a workflow's post function sends it, has another id.) A review
that was decided already is told of again, under the same id of its move, until its document has come to its end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from common.atlassian.jira_client import JiraClient
from common.atlassian.webhook_payload import WebhookPayload
from common.aws.document_repository import DocumentRepository
from common.intake.detect_change import (
    REVIEW_LABEL,
    ChangeDetector,
    DetectionResult,
    derive_change_id,
    handle_review_closed,
)
from common.intake.eligibility import evaluate_eligibility
from common.intake.finished_issues import FinishedIssues
from common.intake.missing_reviews import MissingReviews


@dataclass(frozen=True)
class Reconciliation:
    """What it takes to find finished tickets and reviews, and to feed them in."""

    jira: JiraClient
    detection: ChangeDetector
    documents: DocumentRepository

    def finished_tickets(self, seconds: int) -> FinishedIssues:
        """Return the finishing of each ticket worth documenting that was finished in the last ``seconds``.

        The query is wider than the rules: labels are compared there without regard to case, and ``docs:`` by its
        beginning, which JQL cannot.
        """
        rules, now = self.detection.rules, self.detection.clock()
        labels = () if rules.issue_types else ("labels IS NOT EMPTY",)
        return self._moved(
            seconds,
            lambda event: (
                REVIEW_LABEL not in event.labels and evaluate_eligibility(event, rules, now).document
            ),
            *labels,
        )

    def finished_reviews(self, seconds: int) -> FinishedIssues:
        """Return the finishing of each review ticket that was moved to done in the last ``seconds``, and still is.

        All that our account has made is looked at as well, since anybody may take a label away.
        """
        return self._moved(
            seconds, lambda event: True, f'(labels = "{REVIEW_LABEL}" OR creator = currentUser())'
        )

    @property
    def missing_reviews(self) -> MissingReviews:
        """What finds open reviews whose ticket is missing."""
        return MissingReviews(self.jira, self.documents, self.detection.bus)

    def process_ticket(self, event: WebhookPayload) -> DetectionResult:
        """Do what the webhook of a finished ticket would have done."""
        # Nearly all are on record, and to look costs less than a write that is refused.
        known = self.detection.changes.get(derive_change_id(event))
        return self.detection.republish(known) if known else self.detection.handle(event)

    def process_review(self, event: WebhookPayload) -> str:
        """Do what the webhook of a finished review would have done; return a status word."""
        document = self.documents.find_by_review_ticket(event.issue_id)
        if document and document.is_done:
            return "over"
        if document and REVIEW_LABEL not in event.labels:
            event = replace(event, labels=(*event.labels, REVIEW_LABEL))  # somebody took it away
        return handle_review_closed(event, self.detection.bus)[0]

    def _moved(
        self, seconds: int, is_wanted: Callable[[WebhookPayload], bool], *clauses: str
    ) -> FinishedIssues:
        since = self.detection.clock() - seconds
        return FinishedIssues(self.jira, _query(seconds, *clauses), since, is_wanted)


def _query(seconds: int, *clauses: str) -> str:
    # Updated, not resolved: not every workflow resolves. Minutes, not dates: dates are in the account's time zone.
    window = f'updated >= "-{max(1, seconds // 60)}m"'
    return " AND ".join(("statusCategory = Done", window, *clauses))
