"""From a kept draft to an open review: the diff page, the ticket, and the comment that announces the revision."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from common.atlassian import idempotent_comments
from common.atlassian.confluence_client import ConfluenceClient
from common.atlassian.http_client import NotFound
from common.atlassian.jira_client import Adf, JiraClient
from common.atlassian.page_restrictions import PageRequiresLabel, open_title, recheck_restrictions
from common.aws.document_repository import DocumentRepository, lock_key
from common.aws.draft_store import DraftStore
from common.aws.review_store import ReviewStatus, ReviewStore
from common.domain import review_link
from common.domain.document import Announcement, Document, DocumentStatus
from common.domain.draft import Draft
from common.domain.events import Event
from common.domain.issue_security import SecurityLevelConflict
from common.domain.ticket import Ticket
from common.markup import adf
from common.runtime.errors import PermanentFailure
from handlers.review_ticket_creator import ticket_description
from handlers.review_ticket_creator.diff import diff_page
from handlers.review_ticket_creator.review_content import Review
from handlers.review_ticket_creator.review_ticket import ReviewTickets, Sources

log = logging.getLogger(__name__)

#: Seconds that one invocation may work on a document alone: its function's timeout.
LEASE_SECONDS = 90


@dataclass(frozen=True)
class OpenReview:
    """What it takes to open a review."""

    records: DocumentRepository
    drafts: DraftStore
    reviews: ReviewStore
    jira: JiraClient
    tickets: ReviewTickets
    confluence: ConfluenceClient
    link_key: Callable[[], str]
    base_url: str
    trust_folders: bool

    def serve(self, event: Event, owner: str) -> None:
        """Open, or bring up to date, the review of a drafted revision. A draft that was overtaken is passed over."""
        document_id, revision = str(event.detail["document_id"]), int(event.detail["revision"])
        with self.records.lease(document_id, owner, LEASE_SECONDS):
            document = self.records.require(document_id)
            if document.revision != revision:
                return
            if _is_over(document):
                raise PermanentFailure(document.reason)
            if document.status is DocumentStatus.DRAFTED:
                try:
                    self._open(document)
                except (SecurityLevelConflict, PageRequiresLabel) as hidden:
                    self._end(self.records.require(document_id), str(hidden))
                    raise

    def record_failure(self, event: Event, reason: str) -> None:
        """Put a failure on record, and tell whoever waits: the reviewer, if there is one, and the source tickets."""
        log.error("work.failed", extra={"event": str(event.name), **event.detail, "reason": reason})
        document = self.records.get(str(event.detail["document_id"]))
        if document is None:
            return
        if document.status is DocumentStatus.DRAFTED:
            self.records.move(document, reason=reason[:1000], unopened=document.revision)
            said = _failed(
                reason, f"An operator learns more from {_status(document)}, and can send it again."
            )
        elif _is_over(document):
            said = _failed(
                reason, "Once that is changed, open this ticket and finish it again for another draft."
            )
        else:
            return
        what = f"{document.document_id} r{document.revision}"
        with self.records.notification_lease(document.document_id, LEASE_SECONDS):
            for issue in _told(document):
                idempotent_comments.comment_failure_once(self.jira, issue, what, said)

    def tell_waiting(self, event: Event, reason: str) -> None:
        """Tell people that a draft waits to be shown: the reviewer, if there is one, and the source tickets."""
        document = self.records.get(str(event.detail["document_id"]))
        if document is None or document.status is not DocumentStatus.DRAFTED:
            return
        what = f"{document.document_id} r{document.revision}"
        with self.records.notification_lease(document.document_id, LEASE_SECONDS):
            for issue in _told(document):
                idempotent_comments.comment_waiting_once(self.jira, issue, what, reason)

    def _end(self, document: Document, reason: str) -> None:
        """End a document that nobody may be shown, if nobody was shown it yet: its page is free for others."""
        if document.review_issue_id:
            return
        self.records.move(document, DocumentStatus.FAILED, reason=reason[:1000], created_in=None)
        self.records.unlock(lock_key(document), document.document_id)

    def _open(self, document: Document) -> None:
        draft = self.drafts.get(document.document_id, document.revision, document.sha256)
        page_url = self._page_url(document)
        sources = self.tickets.sources(document)
        review = self._review(document, draft, sources, page_url)
        self.reviews.store_page(document.document_id, draft.revision, diff_page.render(review))
        ticket = self.tickets.keep(document, draft, review, sources)
        document = self.records.set_review_ticket(document, ticket.issue_id, ticket.key)
        url = f"{self.jira.browse_url}/browse/{ticket.key}"
        self.reviews.store_status(document.document_id, ReviewStatus(draft.revision, ticket.key, url))
        announced = ticket_description.announcement(review, is_open=ticket.is_open)
        mark = idempotent_comments.comment_key(document, "announcement")
        said = idempotent_comments.comment_once(self.jira, ticket.issue_id, mark, announced)
        self.records.move(
            document,
            DocumentStatus.IN_REVIEW,
            announcement=Announcement(draft.revision, said.comment_id, said.created),
            reason=None,
        )
        log.info("review.opened", extra={"document_id": document.document_id, "issue_key": ticket.key})

    def _review(self, document: Document, draft: Draft, sources: Sources, page_url: str | None) -> Review:
        previous = self.drafts.get_unverified(draft.document_id, draft.follows) if draft.follows else None
        tickets = tuple(Ticket.from_rest(source, self.jira.browse_url) for source in sources.values())
        return Review(
            document_id=draft.document_id,
            revision=draft.revision,
            kind=draft.kind,
            title=draft.title,
            page_url=page_url,
            parent_title=open_title(draft.parent_id, self.confluence, trust_folders=self.trust_folders),
            sources=tickets,
            why=document.choice.reason,
            confidence=document.choice.confidence,
            chosen_by=document.choice.decided_by,
            summary=draft.summary,
            before=draft.base,
            after=draft.storage,
            changes=draft.changes(),
            previous=previous.storage if previous else None,
            # A draft that is a candidate has no page yet, and may be of a ticket that is hidden from some.
            considered=tuple(f"{c.title} ({c.score:g})" for c in document.choice.candidates if c.page_id),
            searches=len(document.choice.searched),
            diff_url=review_link.review_url(
                self.base_url, self.link_key(), draft.document_id, draft.revision
            ),
            follows=draft.follows,
            vanished=tuple(key for key in document.issue_keys if key not in sources),
        )

    def _page_url(self, document: Document) -> str | None:
        """Return where people see the page, None for a new one; PageRequiresLabel where it may not be shown any more.

        It was drafted on a moment ago, or hours ago.
        """
        if not document.page_id:
            return None
        if document.choice.decided_by == "named":
            return self._url_of_named(document.page_id)
        choices = {document.page_id: document.choice}
        pages = recheck_restrictions(choices, self.confluence, trust_folders=self.trust_folders)
        if not pages:
            raise PageRequiresLabel(
                f"page {document.page_id} is deleted, or our account may not view it any more"
            )
        return pages[0].url

    def _url_of_named(self, page_id: str) -> str | None:
        try:
            return self.confluence.page(page_id).url
        except NotFound:
            return None


def _is_over(document: Document) -> bool:
    """Say whether a document ended because nobody may be shown it."""
    return (
        document.status is DocumentStatus.FAILED and bool(document.revision) and not document.review_issue_id
    )


def _told(document: Document) -> tuple[str, ...]:
    """Return the tickets in which people wait for a review: the review's own, if there is one, and the sources."""
    return tuple(filter(None, (document.review_issue_id, *document.issue_keys)))


def _status(document: Document) -> str:
    return f"`python -m ops status {document.issue_keys[0]}`"


def _failed(reason: str, remedy: str) -> Adf:
    why = f"Kinexus drafted documentation, but cannot open its review: {reason[:2000]}"
    return adf.doc(adf.panel("error", adf.paragraph(why), adf.paragraph(remedy)))
