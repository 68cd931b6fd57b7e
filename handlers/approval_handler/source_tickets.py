"""What became of the source tickets since their documentation was drafted: reopened, declined, or gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import zip_longest

from common.atlassian.http_client import NotFound
from common.atlassian.jira_client import JiraClient
from common.domain.document import Document
from common.domain.status_transitions import to_epoch_seconds
from common.domain.ticket import Ticket
from common.intake.detect_change import parse_change_id
from common.intake.eligibility import declined_by


@dataclass(frozen=True)
class SourceTickets:
    """Reads source tickets again before their documentation is published."""

    jira: JiraClient
    declining_labels: tuple[str, ...]

    def doubts(self, document: Document) -> tuple[str, ...]:
        """Return what speaks against publishing, a sentence each: the same words as long as nothing else happened."""
        issue_ids = list(dict.fromkeys(parse_change_id(change_id)[0] for change_id in document.change_ids))
        # A ticket whose key changed between two of its changes stands under both.
        keys = document.issue_keys if len(document.issue_keys) == len(issue_ids) else ()
        found: list[str] = []
        for issue_id, key in zip_longest(issue_ids, keys):
            try:
                ticket = Ticket.from_rest(self.jira.issue(issue_id), self.jira.browse_url)
            except NotFound:
                name = key or f"The source ticket with the id {issue_id}"
                found.append(f"{name} cannot be read any more: deleted, or hidden from our account.")
                continue
            found += self._doubts(ticket)
        return tuple(found)

    def _doubts(self, ticket: Ticket) -> Iterator[str]:
        if ticket.status_category != "done":
            yield f"{ticket.key} was reopened{self._when(ticket.issue_id)}."
        if label := declined_by(ticket.labels, self.declining_labels):
            yield f"{ticket.key} now has the label {label}, which declines documentation."

    def _when(self, issue_id: str) -> str:
        """Say when a ticket was reopened: each time is news of its own, and further moves are not."""
        is_done = cache(self.jira.is_done)
        for move in reversed(self.jira.status_moves(issue_id)):
            if move.at and is_done(move.from_id) and not is_done(move.to_id):
                return (
                    f" on {datetime.fromtimestamp(to_epoch_seconds(move.at), UTC):%Y-%m-%d at %H:%M:%S} UTC"
                )
        return ""
