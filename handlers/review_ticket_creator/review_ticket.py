"""Creates the review ticket in Jira, finds it again, and updates it with each revision. Idempotent."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.atlassian.http_client import NotFound
from common.atlassian.jira_client import REVIEW_PROPERTY, JiraClient
from common.aws.document_repository import DocumentRepository
from common.domain.document import Document
from common.domain.draft import Draft
from common.domain.issue_security import common_security_level, security_levels
from common.domain.route import Routes
from common.intake.detect_change import REVIEW_LABEL
from common.runtime.json_access import as_dict, as_list, as_str
from handlers.review_ticket_creator import ticket_description
from handlers.review_ticket_creator.create_ticket import TicketCreation
from handlers.review_ticket_creator.review_content import Review

log = logging.getLogger(__name__)

LABELS = (REVIEW_LABEL, "auto-generated", "kinexus-ai")
#: The source tickets that can be read, as Jira's REST API returns them, by their recorded keys.
Sources = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class ReviewTicket:
    """A review ticket. ``is_open`` is False if it is closed and the Kinexus account has no transition to reopen it."""

    issue_id: str
    key: str
    is_open: bool
    is_new: bool = False


@dataclass(frozen=True)
class ReviewTickets:
    """Creates and updates review tickets, where the document's route says."""

    records: DocumentRepository
    jira: JiraClient
    routes: Routes
    creation: TicketCreation

    def sources(self, document: Document) -> Sources:
        """Return the source tickets, without those that were deleted or are hidden from Kinexus."""
        sources: dict[str, Mapping[str, Any]] = {}
        for key in document.issue_keys:
            try:
                sources[key] = self.jira.issue(key)
            except NotFound:  # let go: the review says that this ticket was deleted or is hidden
                log.warning("source_ticket.missing", extra={"issue_key": key})
        return sources

    def create_or_update(
        self, document: Document, draft: Draft, review: Review, sources: Sources
    ) -> ReviewTicket:
        """Create the review ticket, or update the existing one for this revision and reopen it."""
        fields: dict[str, Any] = {
            "summary": ticket_description.summary_line(review),
            "description": ticket_description.description(review),
        }
        # A ticket that was moved to another project has a new key.
        keys = [as_str(source.get("key")) for source in sources.values()]
        named = {"document_id": draft.document_id, "revision": draft.revision}
        levels = security_levels(dict(zip(sources, review.sources, strict=True)), draft.levels)
        issue = self._find(document, sources)
        if issue is None:
            route = self.routes.current(document.route)
            project = route.review_project or (keys or document.issue_keys)[0].rpartition("-")[0]
            fields |= {"project": {"key": project}, "labels": list(LABELS)}
            issue_id, key = self.creation.create(
                document, route, fields | _security(levels, project), keys, {REVIEW_PROPERTY: named}
            )
            return ReviewTicket(issue_id, key, is_open=True, is_new=True)
        found, key = as_str(issue.get("id")), as_str(issue.get("key"))
        if document.review_issue_id != found:
            self.records.set_review_ticket(document, found, key)
        security = _security(levels, key.rpartition("-")[0])
        # Reopen before the edit, because many workflows do not allow editing a closed ticket.
        is_open = self.jira.move_back(found)
        linked = self.jira.linked_issues(issue)
        labels = as_list(as_dict(issue.get("fields")).get("labels"))
        self.jira.edit_issue(found, fields | security, [label for label in LABELS if label not in labels])
        for source in keys:
            if source not in linked:
                self.jira.link_issues(found, source, self.creation.link_type)
        self.jira.set_property(found, REVIEW_PROPERTY, named)
        if not is_open:
            log.error("review.reopen_failed", extra={"issue_key": key})
        return ReviewTicket(found, key, is_open)

    def _find(self, document: Document, sources: Sources) -> Mapping[str, Any] | None:
        """Return the existing review ticket: the recorded one, or one that was made for this document before.

        Raises TooEarly if it may have been made just now, and cannot be found yet.
        """
        if document.review_issue_id:
            try:
                return self.jira.issue(document.review_issue_id)
            except NotFound:  # let go: another review ticket is found or created
                log.warning(
                    "review.missing",
                    extra={"issue_key": document.review_issue_key},
                )
        linked = (key for source in sources.values() for key in self.jira.linked_issues(source))
        issue_id = self._created_for(document, tuple(dict.fromkeys(linked)))
        issue_id = issue_id or self._created_for(document, tuple(self.creation.created_since(document)))
        return self.jira.issue(issue_id) if issue_id else None

    def _created_for(self, document: Document, ids_or_keys: tuple[str, ...]) -> str | None:
        """Return the id of the ticket among these that was created for this document.

        Anyone can write the property, so the Kinexus account must have created the ticket, and for no other document.
        """
        for issue in self.jira.issues(ids_or_keys, ["creator"], [REVIEW_PROPERTY]):
            issue_id = as_str(issue.get("id"))
            if self.jira.reviewed_document(issue) != document.document_id or not self.jira.is_created_by_us(
                issue
            ):
                continue
            if self.records.document_id_reviewed_in(issue_id) in (None, document.document_id):
                return issue_id
        return None


def _security(levels: Mapping[str, str], project: str) -> dict[str, Any]:
    level = common_security_level(levels, project)
    return {"security": {"id": level}} if level else {}
