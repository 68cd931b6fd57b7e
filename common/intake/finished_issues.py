"""Tickets that moved to done of late, the newest first, from Jira's search and their histories.

A hundred tickets cost two requests, whatever became of them. Work that must end in time stops between two tickets, and
can tell how many it has not reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice
from typing import Any

from common.atlassian import webhook_payload
from common.atlassian.jira_client import JiraClient
from common.atlassian.webhook_payload import StatusChange, WebhookPayload
from common.domain.status_transitions import StatusTransition, last_transition_to_done, to_epoch_seconds
from common.runtime.deadline import remaining_seconds
from common.runtime.json_access import as_dict, as_str

#: What the rules look at, when the ticket's status last changed its category, and whose it is.
FIELDS = ("labels", "issuetype", "resolution", "status", "statuscategorychangedate", "assignee")
#: Tickets whose histories are read at once: a page of the search.
BATCH_SIZE = 100
#: Seconds that are kept for a batch that is under way, and for telling how many tickets are left.
BATCH_RESERVE_SECONDS = 30


class FinishedIssues:
    """The finishings since ``since``, in seconds since the epoch, among the tickets of a query that are wanted.

    Each is the last move of a ticket to done, as its webhook told or would have. Iterating asks Jira and raises the
    errors of common.atlassian.http_client. ``is_cut_short`` says afterwards whether the time was over before the end.
    """

    def __init__(
        self, jira: JiraClient, jql: str, since: float, is_wanted: Callable[[WebhookPayload], bool]
    ) -> None:
        self._jira, self._jql, self._since, self._is_wanted = jira, jql, since, is_wanted
        self._is_done = cache(jira.is_done)
        self._reached = 0
        self.is_cut_short = False

    def __iter__(self) -> Iterator[WebhookPayload]:
        found = self._jira.search(f"{self._jql} ORDER BY updated DESC", FIELDS)
        while batch := list(islice(found, BATCH_SIZE)):
            if self._is_late():
                return
            finishings = self._finishings(batch)
            self._reached += len(batch) - len(finishings)
            for event in finishings:
                if self._is_late():
                    return
                yield event
                self._reached += 1

    def unreached(self) -> int:
        """Return about how many tickets of the query were not looked at."""
        return max(0, self._jira.approximate_count(self._jql) - self._reached)

    def _is_late(self) -> bool:
        self.is_cut_short = remaining_seconds() < BATCH_RESERVE_SECONDS
        return self.is_cut_short

    def _finishings(self, issues: Sequence[Mapping[str, Any]]) -> list[WebhookPayload]:
        wanted = [event for event in map(self._wanted, issues) if event]
        moves = self._jira.status_moves_of([event.issue_id for event in wanted])
        finished = (
            (event, last_transition_to_done(moves.get(event.issue_id, ()), self._is_done)) for event in wanted
        )
        return [
            _told(event, move)
            for event, move in finished
            if move and to_epoch_seconds(move.at) >= self._since
        ]

    def _wanted(self, issue: Mapping[str, Any]) -> WebhookPayload | None:
        changed = as_str(as_dict(issue.get("fields")).get("statuscategorychangedate"))
        if changed and to_epoch_seconds(changed) < self._since:
            return None
        event = webhook_payload.parse_webhook({"webhookEvent": "jira:issue_updated", "issue": issue})
        return event if self._is_wanted(event) else None


def _told(event: WebhookPayload, move: StatusTransition) -> WebhookPayload:
    """Return the event as its webhook was: with the status of that moment, whatever became of the ticket since."""
    told = StatusChange(move.move_id, move.from_id, move.to_id)
    return replace(
        event,
        move=told,
        status_id=move.to_id,
        account_id=move.author_id,
        happened_at=to_epoch_seconds(move.at),
        identity=move.move_id,
    )
