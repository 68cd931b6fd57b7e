"""What follows a decision: the page is published, or revised, or the review is closed; everybody is told once.

Every step can be done again: the effect is looked for by its mark first, and the document's status moves last.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common import marked_comment
from common.atlassian_http import NotFound
from common.document import Decision, Document, DocumentStatus, Publication, Verdict
from common.document_records import DocumentRecords, lock_of, page_lock
from common.draft_store import DraftChanged, DraftStore
from common.event_bus import EventBus
from common.events import EventName
from common.jira import OUR_LINKS, Adf, JiraClient
from common.review_store import ReviewStatus, ReviewStore
from handlers.approval_handler import words
from handlers.approval_handler.publishing import Obstacle, PageConflict, Publisher

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Completion:
    """What it takes to carry out a decision. The caller holds the document's lease."""

    records: DocumentRecords
    drafts: DraftStore
    reviews: ReviewStore
    bus: EventBus
    jira: JiraClient
    publisher: Publisher
    max_revisions: int

    def carry_out(self, document: Document, decision: Decision) -> None:
        """Do what was decided, or go on with it where an earlier delivery stopped."""
        if decision.verdict is Verdict.APPROVED:
            self._publish(document, decision)
        elif decision.verdict is Verdict.REJECTED:
            self._reject(document, decision)
        elif document.revision >= self.max_revisions:
            self._end(
                document, DocumentStatus.FAILED, words.too_many_revisions(document), "too-many-revisions"
            )
        else:
            self._request_revision(document, "needs_revision")

    def _publish(self, document: Document, decision: Decision) -> None:
        if document.status is DocumentStatus.IN_REVIEW:
            document = self.records.move(document, DocumentStatus.PUBLISHING)
        try:
            draft = self.drafts.get(document.document_id, decision.revision, decision.sha256)
            publication = document.publication or self.publisher.publish(draft)
        except PageConflict as conflict:
            self._say(document, "conflict", words.conflict(str(conflict)))
            self._request_revision(document, "conflict")
            return
        except Obstacle as obstacle:
            self._obstructed(document, decision, obstacle)
            return
        except DraftChanged as error:
            self._end(document, DocumentStatus.FAILED, words.cannot_publish(str(error)), "draft-changed")
            return
        if document.publication is None:
            document = self.records.move(document, publication=publication)
        self._tell_published(document, decision, publication)
        self.bus.publish(
            EventName.DOCUMENTATION_PUBLISHED,
            document_id=document.document_id,
            revision=decision.revision,
            page_id=publication.page_id,
            page_url=publication.url,
            issue_key=document.issue_keys[0],
        )
        self._close_page(document, decision, publication.url)
        self._free(document)
        self.records.move(document, DocumentStatus.PUBLISHED)
        log.info("published", extra={"document_id": document.document_id, "page_id": publication.page_id})

    def _tell_published(self, document: Document, decision: Decision, publication: Publication) -> None:
        self._say(document, "published", words.published_in_review(publication, decision))
        for key in document.issue_keys:
            self._tell_source(document, key, "published", words.published_in_source(publication, document))
            self._link(key, document, publication)
        self._link(document.review_issue_id, document, publication)

    def _reject(self, document: Document, decision: Decision) -> None:
        said = words.rejected_in_source(document, decision, self.jira.browse_url)
        for key in document.issue_keys:
            self._tell_source(document, key, "rejected", said)
        self._close_page(document, decision, "")
        self._free(document)
        self.records.move(document, DocumentStatus.REJECTED, reason=decision.feedback[:1000], created_in=None)

    def _request_revision(self, document: Document, reason: str) -> None:
        """Ask for another revision; the caller says so on the bus when it has given the lease back."""
        if document.status is not DocumentStatus.REVISING:
            self.records.move(document, DocumentStatus.REVISING, reason=reason)

    def ask_again(self, document: Document) -> None:
        """Say on the bus that a revision is wanted."""
        self.bus.publish(
            EventName.REVISION_REQUESTED,
            document_id=document.document_id,
            revision=document.revision,
            reason=document.reason,
            issue_key=document.review_issue_key,
        )

    def _obstructed(self, document: Document, decision: Decision, obstacle: Obstacle) -> None:
        if obstacle.final:
            self._end(document, DocumentStatus.FAILED, words.cannot_publish(str(obstacle)), "cannot-publish")
            return
        self._say(
            document,
            f"obstacle {decision.comment_id} {decision.decided_at}",
            words.cannot_publish(str(obstacle)),
        )
        self.jira.move_back(document.review_issue_id)
        self.records.move(document, DocumentStatus.IN_REVIEW, decision=None)

    def _end(self, document: Document, status: DocumentStatus, said: Adf, kind: str) -> None:
        """Close a review that cannot end in a page, and tell everybody why."""
        self._say(document, kind, said)
        for key in document.issue_keys:
            self._tell_source(document, key, kind, said)
        if document.decision:
            self._close_page(document, document.decision, "")
        self._free(document)
        self.records.move(document, status, reason=kind, created_in=None)

    def _say(self, document: Document, kind: str, said: Adf) -> None:
        marked_comment.say_once(self.jira, document.review_issue_id, _mark(document, kind), said)

    def _tell_source(self, document: Document, key: str, kind: str, said: Adf) -> None:
        try:
            marked_comment.say_once(self.jira, key, _mark(document, kind), said)
        except NotFound:
            log.warning("the source ticket is gone", extra={"issue_key": key})

    def _link(self, issue: str, document: Document, publication: Publication) -> None:
        try:
            self.jira.link_page(issue, OUR_LINKS + document.document_id, publication.url, publication.title)
        except NotFound:
            log.warning("the ticket is gone", extra={"issue_key": issue})

    def _close_page(self, document: Document, decision: Decision, page_url: str) -> None:
        self.reviews.keep_status(
            document.document_id,
            ReviewStatus(
                revision=decision.revision,
                review_key=document.review_issue_key,
                review_url=f"{self.jira.browse_url}/browse/{document.review_issue_key}",
                closed=True,
                verdict=str(decision.verdict),
                decided_by=decision.author_name,
                decided_at=decision.decided_at,
                page_url=page_url,
            ),
        )

    def _free(self, document: Document) -> None:
        self.records.unlock(lock_of(document), document.document_id)
        if document.publication:
            self.records.unlock(page_lock(document.publication.page_id), document.document_id)


def _mark(document: Document, kind: str) -> Mapping[str, Any]:
    return {"kind": kind, "document_id": document.document_id, "revision": document.revision}
