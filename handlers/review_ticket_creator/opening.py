"""From a kept draft to an open review: the diff page, the ticket, and the comment that announces the revision."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from common import adf, marked_comment, review_link
from common.atlassian_http import AtlassianError, NotFound
from common.confluence import ConfluenceClient
from common.document import Announcement, Document, DocumentStatus
from common.document_records import DocumentRecords
from common.draft import Draft
from common.draft_store import DraftStore
from common.events import Event
from common.jira import REVIEW_PROPERTY, JiraClient
from common.json_shapes import mapping, text
from common.review_store import ReviewStatus, ReviewStore
from common.ticket import Ticket
from handlers.review_ticket_creator import diff_page, ticket_body
from handlers.review_ticket_creator.review import Review

log = logging.getLogger(__name__)

#: Seconds that one invocation may work on a document alone: its function's timeout.
LEASE = 90
LABELS = ("documentation-review", "auto-generated", "kinexus-ai")


@dataclass(frozen=True)
class Opening:
    """What it takes to open a review. ``project_key`` ``""`` means the source ticket's project."""

    records: DocumentRecords
    drafts: DraftStore
    reviews: ReviewStore
    jira: JiraClient
    confluence: ConfluenceClient
    link_key: Callable[[], str]
    base_url: str
    project_key: str
    issue_type: str

    def serve(self, event: Event, owner: str) -> None:
        """Open, or bring up to date, the review of a drafted revision. A draft that was overtaken is passed over."""
        document_id, revision = str(event.detail["document_id"]), int(event.detail["revision"])
        with self.records.leased(document_id, owner, LEASE):
            document = self.records.require(document_id)
            if document.status is DocumentStatus.DRAFTED and document.revision == revision:
                self._open(document)

    def give_up(self, event: Event, reason: str) -> None:
        """Put a failure on record and tell the source ticket."""
        log.error("given up", extra={"event": str(event.name), **event.detail, "reason": reason})
        document = self.records.get(str(event.detail["document_id"]))
        if document is None or document.status is not DocumentStatus.DRAFTED:
            return
        self.records.move(document, reason=reason)
        said = adf.doc(
            adf.panel(
                "error", adf.paragraph(f"Kinexus drafted documentation, but cannot open its review: {reason}")
            )
        )
        mark = {"kind": "failed", "what": f"{document.document_id} r{document.revision}"}
        try:
            marked_comment.say_once(self.jira, document.issue_keys[0], mark, said)
        except AtlassianError:
            # The failure is on record and its message in the dead-letter queue; Jira itself may be what is down.
            log.exception("the ticket could not be told", extra={"issue_key": document.issue_keys[0]})

    def _open(self, document: Document) -> None:
        draft = self.drafts.get(document.document_id, document.revision, document.sha256)
        review = self._review(document, draft)
        self.reviews.keep_page(document.document_id, draft.revision, diff_page.render(review))
        issue_id, key = self._ticket(document, draft, review)
        url = f"{self.jira.browse_url}/browse/{key}"
        self.reviews.keep_status(document.document_id, ReviewStatus(draft.revision, key, url))
        mark = {"kind": "announcement", "document_id": document.document_id, "revision": draft.revision}
        said = marked_comment.say_once(self.jira, issue_id, mark, ticket_body.announcement(review))
        self.records.move(
            document,
            DocumentStatus.IN_REVIEW,
            review_issue_id=issue_id,
            review_issue_key=key,
            announcement=Announcement(draft.revision, said.comment_id, said.created),
        )
        log.info("review open", extra={"document_id": document.document_id, "issue_key": key})

    def _ticket(self, document: Document, draft: Draft, review: Review) -> tuple[str, str]:
        fields: dict[str, Any] = {
            "summary": ticket_body.summary_line(review),
            "description": ticket_body.describe(review),
        }
        found = self._existing(document)
        if found is None:
            project = self.project_key or document.issue_keys[0].rpartition("-")[0]
            fields |= {
                "project": {"key": project},
                "issuetype": {"name": self.issue_type},
                "labels": list(LABELS),
            }
            return self.jira.create_issue(fields, document.issue_keys, {REVIEW_PROPERTY: _property(draft)})
        issue = self.jira.issue(found)
        linked = self.jira.linked_issues(issue)
        self.jira.edit_issue(found, fields, [key for key in document.issue_keys if key not in linked])
        self.jira.set_property(found, REVIEW_PROPERTY, _property(draft))
        self.jira.move_back(found)
        return text(issue.get("id")), text(issue.get("key"))

    def _existing(self, document: Document) -> str | None:
        """Return the review ticket's id: on record, or found through the links of the source tickets."""
        if document.review_issue_id:
            return document.review_issue_id
        for source in document.issue_keys:
            for key in self.jira.linked_issues(self.jira.issue(source)):
                issue = self.jira.issue(key, [REVIEW_PROPERTY])
                named = mapping(mapping(issue.get("properties")).get(REVIEW_PROPERTY))
                if named.get("document_id") == document.document_id:
                    return text(issue.get("id"))
        return None

    def _review(self, document: Document, draft: Draft) -> Review:
        previous = self.drafts.earlier(draft.document_id, draft.revision - 1) if draft.revision > 1 else None
        tickets = tuple(
            Ticket.from_rest(self.jira.issue(key), self.jira.browse_url) for key in document.issue_keys
        )
        return Review(
            document_id=draft.document_id,
            revision=draft.revision,
            kind=draft.kind,
            title=draft.title,
            page_url=self._page(draft.page_id)[0],
            parent_title=self._page(draft.parent_id)[1],
            sources=tickets,
            why=document.choice.reason,
            confidence=document.choice.confidence,
            chosen_by=document.choice.decided_by,
            summary=draft.summary,
            before=draft.base,
            after=draft.storage,
            changes=draft.changes(),
            previous=previous.storage if previous else None,
            considered=tuple(f"{c.title} ({c.score:g})" for c in document.choice.candidates),
            searches=len(document.choice.searched),
            diff_url=review_link.url(self.base_url, self.link_key(), draft.document_id, draft.revision),
        )

    def _page(self, page_id: str | None) -> tuple[str | None, str | None]:
        try:
            page = self.confluence.page(page_id) if page_id else None
        except NotFound:
            page = None
        return (page.url, page.title) if page else (None, None)


def _property(draft: Draft) -> dict[str, Any]:
    return {"document_id": draft.document_id, "revision": draft.revision}
