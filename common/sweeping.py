"""Finished tickets and reviews that Jira never told us about: webhooks can be lost for good, Jira's search cannot.

What is found goes through the same rules as a webhook, under the same change id, so a ticket that was told of is not
documented twice. (Only a webhook without a changelog, as a workflow's post function sends it, has another id.) A review
that was decided already is told of again, under the same id of its move, and nothing follows from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from common import webhook_event
from common.atlassian_http import NotFound
from common.detection import REVIEW_LABEL, Detection, Outcome
from common.documentation_rules import worth_documenting
from common.jira import JiraClient, StatusMove
from common.json_shapes import mapping, text
from common.review_notice import notice
from common.webhook_event import StatusChange, WebhookEvent

#: What the rules look at, and when the ticket's status last changed its category.
FIELDS = ("labels", "issuetype", "resolution", "status", "statuscategorychangedate")


@dataclass(frozen=True)
class Sweep:
    """What it takes to find finished tickets and reviews, and to feed them in."""

    jira: JiraClient
    detection: Detection

    def finished(self, seconds: int) -> Iterator[WebhookEvent]:
        """Yield the finishing of each ticket worth documenting that was finished in the last ``seconds``.

        The query is wider than the rules: labels are compared there without regard to case, and ``docs:`` by its
        beginning, which JQL cannot. Raises the errors of common.atlassian_http.
        """
        rules, now = self.detection.rules, self.detection.clock()
        labels = () if rules.issue_types else ("labels IS NOT EMPTY",)
        yield from self._moved(
            seconds,
            lambda event: REVIEW_LABEL not in event.labels and worth_documenting(event, rules, now).document,
            *labels,
        )

    def reviews(self, seconds: int) -> Iterator[WebhookEvent]:
        """Yield the finishing of each review ticket that was moved to done in the last ``seconds``, and still is."""
        yield from self._moved(
            seconds, lambda event: REVIEW_LABEL in event.labels, f'labels = "{REVIEW_LABEL}"'
        )

    def feed(self, event: WebhookEvent) -> Outcome:
        """Do what the webhook of a finished ticket would have done."""
        return self.detection.detect(event, identifier_of(event))

    def feed_review(self, event: WebhookEvent) -> str:
        """Do what the webhook of a finished review would have done; return its status word."""
        return notice(event, identifier_of(event), self.detection.bus)[0]

    def _moved(
        self, seconds: int, is_wanted: Callable[[WebhookEvent], bool], *clauses: str
    ) -> Iterator[WebhookEvent]:
        """Yield those that are wanted of the tickets moved to done in the last ``seconds``, as their webhooks were."""
        since = self.detection.clock() - seconds
        category = cache(self.jira.status_category)
        for issue in self.jira.search(_query(seconds, *clauses), FIELDS):
            changed = text(mapping(issue.get("fields")).get("statuscategorychangedate"))
            if changed and _seconds(changed) < since:
                continue
            event = webhook_event.parse({"webhookEvent": "jira:issue_updated", "issue": issue})
            move = self._finishing(event.issue_id, category) if is_wanted(event) else None
            if move and _seconds(move.at) >= since:
                yield _told(event, move)

    def _finishing(self, issue_id: str, category: Callable[[str], str]) -> StatusMove | None:
        """Return the last move into a done status from another; None when there is none any more."""
        try:
            moves = self.jira.status_moves(issue_id)
        except NotFound:
            return None
        return next(
            (
                move
                for move in reversed(moves)
                if category(move.to_id) == "done" and category(move.from_id) != "done"
            ),
            None,
        )


def _query(seconds: int, *clauses: str) -> str:
    # Updated, not resolved: not every workflow resolves. Minutes, not dates: dates are in the account's time zone.
    window = f'updated >= "-{max(1, seconds // 60)}m"'
    return " AND ".join(("statusCategory = Done", window, *clauses)) + " ORDER BY updated ASC"


def identifier_of(event: WebhookEvent) -> str:
    """Return what stands for the webhook's identifier: there was no webhook, so the move itself."""
    return event.move.move_id if event.move else ""


def _told(event: WebhookEvent, move: StatusMove) -> WebhookEvent:
    """Return the event as its webhook was: with the status of that moment, whatever became of the ticket since."""
    told = StatusChange(move.move_id, move.from_id, move.to_id, "", "")
    return replace(event, move=told, status_id=move.to_id, happened_at=_seconds(move.at))


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
