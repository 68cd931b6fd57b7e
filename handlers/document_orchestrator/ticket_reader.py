"""Reads what people wrote in a ticket: its fields, comments and links."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from common.atlassian.jira_client import TICKET_FIELDS, JiraClient, JiraComment
from common.domain.ticket import Ticket, description_text
from common.domain.ticket_fields import field_ids, field_text, missing_fields, needs_names
from common.runtime.json_access import as_dict

log = logging.getLogger(__name__)

#: Characters of comments that a draft is made from, the newest first.
MAX_COMMENTS = 4_000
#: Characters of each further field.
MAX_FIELD = 8_000


@dataclass(frozen=True)
class TicketReader:
    """Reads tickets; ``wanted`` are further fields, by id or name (the setting ``ticketFields``)."""

    jira: JiraClient
    wanted: Sequence[str] = ()

    def issue(self, id_or_key: str, properties: Sequence[str] = ()) -> Mapping[str, Any]:
        """Return a ticket as Jira's JSON, with everything that ``ticket`` reads from it; raise NotFound."""
        return self.jira.issue(id_or_key, properties, (*TICKET_FIELDS, "comment", *self._fields()))

    def read(self, id_or_key: str) -> Ticket:
        """Return a ticket; raise NotFound."""
        return self.ticket(self.issue(id_or_key))

    def ticket(self, issue: Mapping[str, Any]) -> Ticket:
        """Return the ticket of an issue as ``issue`` returned it, with its remote links, which are read here."""
        ticket = Ticket.from_rest(issue, self.jira.browse_url)
        given = as_dict(issue.get("fields"))
        texts = ((name, field_text(given.get(field_id))) for field_id, name in self._fields().items())
        return replace(
            ticket,
            fields=tuple((name, text[:MAX_FIELD]) for name, text in texts if text),
            comments=tuple(self._comments(issue)),
            links=self.jira.remote_links(ticket.issue_id),
        )

    def _fields(self) -> Mapping[str, str]:
        """Return the names of the further fields by their ids; a field that Jira does not have is left out."""
        known = self.jira.fields() if needs_names(self.wanted) else ()
        if known and (missing := missing_fields(self.wanted, known)):
            log.warning("ticket.fields_missing", extra={"fields": missing})
        return field_ids(self.wanted, known)

    def _comments(self, issue: Mapping[str, Any]) -> Iterator[str]:
        """Yield what people commented for all readers of the ticket, newest first, up to MAX_COMMENTS characters."""
        room = MAX_COMMENTS
        for comment in self.jira.newest_comments(issue):
            text = description_text(comment.body).strip() if self._is_by_a_person(comment) else ""
            if text:
                yield text[:room]
                room -= len(text)
            if room <= 0:
                return

    def _is_by_a_person(self, comment: JiraComment) -> bool:
        """Return whether a person wrote a comment that every reader of the ticket may see."""
        if comment.is_restricted or comment.is_internal or comment.author_type == "app":
            return False
        return comment.author_id != self.jira.account_id()
