"""Finds tickets that were closed recently, by Jira's search and changelogs, the most recently updated first.

A hundred tickets take two requests. Near the deadline the iteration stops between two tickets; ``unreached`` says how
many were left out.
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

#: The fields that the rules use, the last change of the status category, and the assignee.
FIELDS = ("labels", "issuetype", "resolution", "status", "statuscategorychangedate", "assignee")
#: Tickets whose changelogs are read in one request: one page of the search.
BATCH_SIZE = 100
#: Seconds reserved for finishing the current batch and counting the remaining tickets.
BATCH_RESERVE_SECONDS = 30


class FinishedIssues:
    """Iterates over the tickets of a query that were closed after ``since``, in seconds since the epoch.

    Yields the last closing of each ticket that ``is_wanted`` accepts, in the form of its webhook. Raises the
    errors of common.atlassian.http_client. Afterwards ``is_cut_short`` says whether it stopped because of the deadline.
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
        """Return approximately how many tickets of the query were not reached."""
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
            _as_webhook(event, move)
            for event, move in finished
            if move and to_epoch_seconds(move.at) >= self._since
        ]

    def _wanted(self, issue: Mapping[str, Any]) -> WebhookPayload | None:
        changed = as_str(as_dict(issue.get("fields")).get("statuscategorychangedate"))
        if changed and to_epoch_seconds(changed) < self._since:
            return None
        event = webhook_payload.parse_webhook({"webhookEvent": "jira:issue_updated", "issue": issue})
        return event if self._is_wanted(event) else None


def _as_webhook(event: WebhookPayload, move: StatusTransition) -> WebhookPayload:
    """Return the payload that the webhook of a move had: with the status of that time, not the current one."""
    return replace(
        event,
        move=StatusChange(move.move_id, move.from_id, move.to_id),
        status_id=move.to_id,
        account_id=move.author_id,
        happened_at=to_epoch_seconds(move.at),
        identity=move.move_id,
    )
