"""Completes the end of a document: the event, the review page, the page lock, the notifications.

A document ends with one conditional write, which also sets ``closing``. Then these steps follow, each idempotent: an
effect in Jira carries an idempotency key. In the invocation that made that write, no notification was sent before; a
redelivery, which finds ``closing``, looks for each key first. ``closing`` stays set until all steps are done.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from common.atlassian.jira_client import JiraClient
from common.aws import event_bus
from common.aws.document_repository import DocumentRepository, lock_key
from common.aws.dynamodb_table import Lease
from common.aws.event_bus import EventBus
from common.aws.review_store import ReviewStatus, ReviewStore
from common.domain.document import Decision, Document, Verdict
from common.domain.page_links import comparison_url
from common.domain.review_outcome import ReviewOutcome, review_outcome, revisions_of
from handlers.approval_handler import notifications

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EndOfReview:
    """Completes ends. The caller holds the document's lease."""

    records: DocumentRepository
    reviews: ReviewStore
    jira: JiraClient
    bus: EventBus

    def complete(self, document: Document, *, is_first: bool, lease: Lease | None = None) -> Document:
        """Do the steps after a document ended, if any is left, and release the lease; return the document.

        ``is_first`` says that this invocation has just ended the document, so no step was done before.
        """
        if not document.closing:
            return document
        figures = _figures(document) if is_first else {}
        log.info(
            "document.ended",
            extra={"document_id": document.document_id, "status": str(document.status), **figures},
        )
        if document.publication:
            event_bus.publish_documentation_published(self.bus, document, document.publication)
        self.reviews.store_status(document.document_id, self._review_status(document))
        # A document that created its page holds the lock of the title, never that of the page.
        self.records.unlock(lock_key(document), document.document_id)
        notifications.notify_end(self.jira, document, is_first=is_first)
        return self.records.finish_closing(document, lease)

    def _review_status(self, document: Document) -> ReviewStatus:
        """Return what the review page shows from now on."""
        decision = document.decision
        if decision is None:
            return ReviewStatus(
                document.revision,
                document.review_issue_key,
                "",
                closed=True,
                verdict="its ticket was deleted",
            )
        return ReviewStatus(
            revision=decision.revision,
            review_key=document.review_issue_key,
            review_url=f"{self.jira.browse_url}/browse/{document.review_issue_key}",
            closed=True,
            verdict=_verdict_text(document, decision),
            decided_by=decision.author_name,
            decided_at=decision.decided_at,
            page_url=document.publication.url if document.publication else "",
            compare_url=_comparison_url(document),
        )


def _figures(document: Document) -> dict[str, float | str]:
    """Return how the review ended, for the stack's dashboard: nothing for a revert, or without a person's decision.

    ``accepted`` is 1 or 0, ``hours`` the time from the announcement of the newest revision to the decision.
    """
    outcome, decision = review_outcome(document), document.decision
    if outcome is None or decision is None or document.reverts:
        return {}
    hours = {} if decision.hours is None else {"hours": decision.hours}
    is_accepted = outcome is not ReviewOutcome.REJECTED
    return {
        "outcome": str(outcome),
        "accepted": int(is_accepted),
        "revisions": revisions_of(document),
        **hours,
    }


def _comparison_url(document: Document) -> str:
    published = document.publication
    return comparison_url(published.url, published.version) if published else ""


def _verdict_text(document: Document, decision: Decision) -> str:
    """Return the verdict for the review page; an approval that was not published says so."""
    is_unpublished = decision.verdict is Verdict.APPROVED and document.publication is None
    return f"{decision.verdict}, but not published" if is_unpublished else str(decision.verdict)
