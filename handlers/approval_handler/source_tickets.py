"""Check whether source tickets were reopened, declined or deleted after their documentation was drafted."""

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

    def objections(self, document: Document) -> tuple[str, ...]:
        """Return one sentence for each change that speaks against publishing.

        The sentences are recorded and compared, so they must stay the same as long as nothing changes in Jira.
        """
        issue_ids = list(dict.fromkeys(parse_change_id(change_id)[0] for change_id in document.change_ids))
        # A ticket whose key changed between two of its changes is recorded with both keys.
        keys = document.issue_keys if len(document.issue_keys) == len(issue_ids) else ()
        objections: list[str] = []
        for issue_id, key in zip_longest(issue_ids, keys):
            try:
                ticket = Ticket.from_rest(self.jira.issue(issue_id), self.jira.browse_url)
            except NotFound:
                name = key or f"The source ticket with the id {issue_id}"
                objections.append(f"{name} cannot be read any more: deleted, or hidden from Kinexus.")
                continue
            objections += self._ticket_objections(ticket)
        return tuple(objections)

    def _ticket_objections(self, ticket: Ticket) -> Iterator[str]:
        if ticket.status_category != "done":
            yield f"{ticket.key} was reopened{self._when(ticket.issue_id)}."
        if label := declined_by(ticket.labels, self.declining_labels):
            yield f"{ticket.key} now has the label {label}, which declines documentation."

    def _when(self, issue_id: str) -> str:
        """Return when a ticket was last reopened, to the second: a second reopening gives another sentence."""
        is_done = cache(self.jira.is_done)
        for move in reversed(self.jira.status_moves(issue_id)):
            if move.at and is_done(move.from_id) and not is_done(move.to_id):
                return (
                    f" on {datetime.fromtimestamp(to_epoch_seconds(move.at), UTC):%Y-%m-%d at %H:%M:%S} UTC"
                )
        return ""
