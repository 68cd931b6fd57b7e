"""Reads the ticket of a change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from common.atlassian.http_client import NotFound
from common.atlassian.jira_client import REVIEW_PROPERTY, JiraClient
from common.aws.document_repository import DocumentRepository
from common.domain.change import Change
from common.runtime.errors import PermanentFailure
from common.runtime.json_access import as_dict
from handlers.document_orchestrator.ticket_reader import TicketReader


def read_issue(tickets: TicketReader, change: Change) -> Mapping[str, Any]:
    """Return the ticket of a change as Jira's JSON, with the property of review tickets; raise PermanentFailure."""
    try:
        return tickets.issue(change.issue_id, [REVIEW_PROPERTY])
    except NotFound as error:
        raise PermanentFailure(
            f"the ticket {change.issue_key} does not exist any more, or the Kinexus account may not view it"
        ) from error


def is_review(jira: JiraClient, records: DocumentRepository, issue_id: str, issue: Mapping[str, Any]) -> bool:
    """Return whether an issue is one of our review tickets, even if its labels or properties were removed."""
    if not jira.is_created_by_us(issue):
        return False
    is_marked = REVIEW_PROPERTY in as_dict(issue.get("properties"))
    return is_marked or records.document_id_reviewed_in(issue_id) is not None
