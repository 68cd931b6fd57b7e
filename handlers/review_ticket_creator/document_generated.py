"""DocumentGenerated: a draft is stored. Opens its review: the diff page, the review ticket, and its announcement."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from common.atlassian import idempotent_comments
from common.atlassian.confluence_client import ConfluenceClient, ConfluencePage
from common.atlassian.http_client import NotFound
from common.atlassian.jira_client import Adf, JiraClient
from common.atlassian.page_restrictions import PageRequiresLabel, open_title, recheck_restrictions
from common.aws.document_repository import DocumentRepository, lock_key
from common.aws.draft_store import DraftStore
from common.aws.dynamodb_table import Held
from common.aws.review_store import ReviewStatus, ReviewStore
from common.domain import review_link
from common.domain.document import Announcement, Document, DocumentStatus
from common.domain.draft import Draft
from common.domain.events import Event
from common.domain.issue_security import SecurityLevelConflict, security_levels
from common.domain.model_use import made_by
from common.domain.ticket import Ticket
from common.markup import adf
from common.runtime.errors import PermanentFailure
from handlers.review_ticket_creator import ticket_description
from handlers.review_ticket_creator.chat_notification import ChatNotification
from handlers.review_ticket_creator.diff import diff_page
from handlers.review_ticket_creator.invited_reviewers import InvitedReviewers
from handlers.review_ticket_creator.review_content import Review
from handlers.review_ticket_creator.review_ticket import ReviewTickets, Sources

log = logging.getLogger(__name__)

#: How many seconds an invocation holds the lease on a document: the function's timeout.
LEASE_SECONDS = 90
#: What selected the page, as the review says it after "chosen by".
_CHOSEN_BY = {
    "named": "a label or link in the source ticket",
    "model": "the model",
    "fallback": "the search ranking",
    "operator": "an operator",
}


@dataclass(frozen=True)
class DocumentGenerated:
    """The use case of the event DocumentGenerated.

    ``link_key`` returns the key that signs the links to the diff page, ``now`` the time.
    """

    records: DocumentRepository
    drafts: DraftStore
    reviews: ReviewStore
    jira: JiraClient
    tickets: ReviewTickets
    confluence: ConfluenceClient
    link_key: Callable[[], str]
    base_url: str
    trust_folders: bool
    invited: InvitedReviewers
    chat: ChatNotification
    now: Callable[[], float]

    def serve(self, event: Event, owner: str) -> None:
        """Open or update the review of a drafted revision; ignore a revision that is no longer the newest.

        Raises PermanentFailure if the document has failed, and SecurityLevelConflict or PageRequiresLabel if it must
        not be shown.
        """
        document_id, revision = str(event.detail["document_id"]), int(event.detail["revision"])
        with self.records.lease(document_id, owner, LEASE_SECONDS) as held:
            document = held.record
            if document.revision != revision:
                return
            if _failed_before_review(document):
                raise PermanentFailure(document.reason)
            if document.status is DocumentStatus.DRAFTED:
                try:
                    self._open(held)
                except (SecurityLevelConflict, PageRequiresLabel) as hidden:
                    self._end(self.records.require(document_id), str(hidden))
                    raise

    def record_failure(self, event: Event, reason: str) -> None:
        """Record a permanent failure; comment in the review ticket, if there is one, and in the source tickets."""
        log.error("work.failed", extra={"event": str(event.name), **event.detail, "reason": reason})
        document = self.records.get(str(event.detail["document_id"]))
        if document is None:
            return
        if document.status is DocumentStatus.DRAFTED:
            self.records.record_unopened(document, reason)
            command = f"`python -m ops status {document.issue_keys[0]}`"
            body = _failure_text(
                reason, f"An operator can see the details with {command} and send the message again."
            )
        elif _failed_before_review(document):
            remedy = (
                "To change the page, edit it in Confluence."
                if document.reverts
                else "When the cause is fixed, reopen this ticket and close it again to get another draft."
            )
            body = _failure_text(reason, remedy)
        else:
            return
        what = f"{document.document_id} r{document.revision}"
        with self.records.notification_lease(document.document_id, LEASE_SECONDS):
            for issue in _all_tickets(document):
                idempotent_comments.comment_failure_once(self.jira, issue, what, body)

    def notify_waiting(self, event: Event, reason: str) -> None:
        """Comment that the review is delayed: in the review ticket, if there is one, and in the source tickets."""
        document = self.records.get(str(event.detail["document_id"]))
        if document is None or document.status is not DocumentStatus.DRAFTED:
            return
        what = f"{document.document_id} r{document.revision}"
        with self.records.notification_lease(document.document_id, LEASE_SECONDS):
            for issue in _all_tickets(document):
                idempotent_comments.comment_waiting_once(self.jira, issue, what, reason)

    def _end(self, document: Document, reason: str) -> None:
        """End a document that must not be shown and release its page, unless it has a review ticket already."""
        if document.review_issue_id:
            return
        self.records.fail_before_review(document, reason)
        self.records.unlock(lock_key(document), document.document_id)

    def _open(self, held: Held[Document]) -> None:
        document = held.record
        draft = self.drafts.get(document.document_id, document.revision, document.sha256)
        page = self._page(document)
        sources = self.tickets.sources(document)
        previous = self.drafts.get_unverified(draft.document_id, draft.follows) if draft.follows else None
        review = self._review(document, draft, previous, sources, page.url if page else None)
        self.reviews.store_page(document.document_id, draft.revision, diff_page.render(review))
        ticket = self.tickets.create_or_update(document, draft, review, sources)
        document = self.records.set_review_ticket(document, ticket.issue_id, ticket.key)
        url = f"{self.jira.browse_url}/browse/{ticket.key}"
        self.reviews.store_status(
            document.document_id, ReviewStatus(draft.revision, ticket.key, url, announced_at=self.now())
        )
        is_first = document.announcement is None
        owner = page.owner_id if page else ""
        mentioned = self.invited.invite(document, ticket.key, owner, sources.values()) if is_first else ()
        announced = ticket_description.announcement(review, is_open=ticket.is_open, mentioned=mentioned)
        mark = idempotent_comments.comment_key(document, "announcement")
        comment = idempotent_comments.comment_once(
            self.jira, ticket.issue_id, mark, announced, is_first=ticket.is_new
        )
        known = previous.issue_keys if previous and not is_first else ()
        # A document that had no review ticket before this delivery made one was never announced anywhere.
        is_untold = ticket.is_new and not held.record.review_issue_id
        self._announce_in_sources(document, known, ticket.key, is_first=is_untold)
        levels = security_levels(dict(zip(sources, review.sources, strict=True)), draft.levels)
        if is_first and not levels:
            self.chat.send(ticket.key, url)
        announcement = Announcement(draft.revision, comment.comment_id, comment.created)
        self.records.open_review(document, announcement, held.lease)
        log.info("review.opened", extra={"document_id": document.document_id, "issue_key": ticket.key})

    def _announce_in_sources(
        self, document: Document, known: Sequence[str], review_key: str, *, is_first: bool
    ) -> None:
        """Comment once in each source ticket that its documentation waits for review, except in those in ``known``."""
        url = f"{self.jira.browse_url}/browse/{review_key}"
        body = ticket_description.drafted_in_source(review_key, url, is_revert=bool(document.reverts))
        mark = {**idempotent_comments.comment_key(document, "drafted"), "revision": 0}
        for key in document.issue_keys:
            if key not in known:
                idempotent_comments.comment_best_effort(self.jira, key, mark, body, is_first=is_first)

    def _review(
        self, document: Document, draft: Draft, previous: Draft | None, sources: Sources, page_url: str | None
    ) -> Review:
        tickets = tuple(Ticket.from_rest(source, self.jira.browse_url) for source in sources.values())
        return Review(
            document_id=draft.document_id,
            revision=draft.revision,
            kind=draft.kind,
            title=draft.title,
            page_url=page_url,
            parent_title=(
                open_title(draft.parent_id, self.confluence, trust_folders=self.trust_folders)
                if draft.parent_id
                else None
            ),
            sources=tickets,
            why=document.choice.reason,
            confidence=document.choice.confidence,
            chosen_by=_CHOSEN_BY.get(document.choice.decided_by, document.choice.decided_by),
            summary=draft.summary,
            before=draft.base,
            after=draft.storage,
            changes=draft.changes(),
            previous=previous.storage if previous else None,
            # A candidate without a page is another draft; its ticket may be hidden from readers of this review.
            considered=tuple(page for page in document.choice.candidates if page.page_id),
            searches=len(document.choice.searched),
            diff_url=review_link.review_url(
                self.base_url, self.link_key(), draft.document_id, draft.revision
            ),
            follows=draft.follows,
            made_by=made_by(document.choice.chosen_by_model, draft.model),
            is_revert=bool(document.reverts),
            because=draft.because,
            unsourced=draft.unsourced,
            vanished=tuple(key for key in document.issue_keys if key not in sources),
        )

    def _page(self, document: Document) -> ConfluencePage | None:
        """Return the page, None for a new one and for a named one that was deleted.

        Raises PageRequiresLabel if the page was deleted or restricted after it was drafted on, which may be hours ago.
        """
        if not document.page_id:
            return None
        if document.choice.decided_by == "named":
            return self._named(document.page_id)
        choices = {document.page_id: document.choice}
        pages = recheck_restrictions(choices, self.confluence, trust_folders=self.trust_folders)
        if not pages:
            raise PageRequiresLabel(
                f"page {document.page_id} was deleted, or the Kinexus account may not view it any more"
            )
        return pages[0]

    def _named(self, page_id: str) -> ConfluencePage | None:
        try:
            return self.confluence.page(page_id)
        except NotFound:
            return None


def _failed_before_review(document: Document) -> bool:
    """Return whether a document failed after it was drafted and before it had a review ticket."""
    return (
        document.status is DocumentStatus.FAILED and bool(document.revision) and not document.review_issue_id
    )


def _all_tickets(document: Document) -> tuple[str, ...]:
    """Return the review ticket's id, if there is one, and the keys of the source tickets."""
    return tuple(filter(None, (document.review_issue_id, *document.issue_keys)))


def _failure_text(reason: str, remedy: str) -> Adf:
    why = f"Kinexus drafted documentation, but cannot open its review: {reason[:2000]}"
    return adf.doc(adf.panel("error", adf.paragraph(why), adf.paragraph(remedy)))
