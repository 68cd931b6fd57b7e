"""What people are told in tickets: each thing once, and never in the way of the work itself.

A ticket that is gone, or that takes no comment or link from us, is passed over with a line in the log: nobody can be
told there, however often it is tried. A service that is down is another matter, and the delivery comes again; so is a
token that is not accepted any more, which an operator replaces.
"""

from __future__ import annotations

import logging

from common.atlassian.http_client import NotFound, RequestRefused
from common.atlassian.idempotent_comments import comment_best_effort, comment_key
from common.atlassian.jira_client import LINK_ID_PREFIX, Adf, JiraClient
from common.domain.document import Decision, Document, DocumentStatus, Publication, Verdict
from handlers.approval_handler import notification_texts

log = logging.getLogger(__name__)


def reopen_review(jira: JiraClient, document: Document, move_id: str) -> None:
    """Open the review ticket again after a move to done; where our account cannot, say who can."""
    if not jira.move_back(document.review_issue_id):
        log.error("review.reopen_failed", extra={"document_id": document.document_id})
        mark = {"kind": "stays done", "document_id": document.document_id, "move_id": move_id}
        comment_best_effort(jira, document.review_issue_id, mark, notification_texts.stays_done())


def notify_end(jira: JiraClient, document: Document) -> None:
    """Tell in all tickets of a document that is over how it ended."""
    decision = document.decision
    if decision is None:
        _sources(jira, document, "review-deleted", notification_texts.review_deleted(document))
        return
    if document.publication:
        _published(jira, document, decision, document.publication)
    elif document.status is DocumentStatus.REJECTED:
        _sources(
            jira,
            document,
            "rejected",
            notification_texts.rejected_in_source(document, decision, jira.browse_url),
        )
    elif decision.verdict is Verdict.NEEDS_REVISION:
        _everywhere(jira, document, "too-many-revisions", notification_texts.too_many_revisions(document))
    else:
        _everywhere(jira, document, "cannot-publish", notification_texts.cannot_publish(document.reason))


def _published(jira: JiraClient, document: Document, decision: Decision, page: Publication) -> None:
    mark = comment_key(document, "published")
    comment_best_effort(
        jira, document.review_issue_id, mark, notification_texts.published_in_review(page, decision)
    )
    _link(jira, document.review_issue_id, document, page)
    _sources(jira, document, "published", notification_texts.published_in_source(page, document))
    for key in document.issue_keys:
        _link(jira, key, document, page)


def _everywhere(jira: JiraClient, document: Document, kind: str, said: Adf) -> None:
    comment_best_effort(jira, document.review_issue_id, comment_key(document, kind), said)
    _sources(jira, document, kind, said)


def _sources(jira: JiraClient, document: Document, kind: str, said: Adf) -> None:
    for key in document.issue_keys:
        comment_best_effort(jira, key, comment_key(document, kind), said)


def _link(jira: JiraClient, issue: str, document: Document, page: Publication) -> None:
    try:
        jira.link_page(issue, LINK_ID_PREFIX + document.document_id, page.url, page.title)
    except (NotFound, RequestRefused) as error:
        # let go: a ticket that is gone or takes no link cannot be linked; a 401 is raised
        log.warning("page_link.refused", extra={"issue": issue, "detail": str(error)})
