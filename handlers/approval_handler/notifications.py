"""Notifications in Jira when a review ends or is reopened: idempotent and best effort.

A ticket that is deleted, or that refuses comments or links from the Kinexus account, is skipped with a log line,
because a retry cannot help. Other errors are raised: an unavailable service is retried, and a token that Atlassian no
longer accepts (401) has to be replaced by an operator.
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
    """Reopen the review ticket after a move to Done; if its workflow does not allow it, comment who can."""
    if not jira.move_back(document.review_issue_id):
        log.error("review.reopen_failed", extra={"document_id": document.document_id})
        mark = {"kind": "stays done", "document_id": document.document_id, "move_id": move_id}
        comment_best_effort(jira, document.review_issue_id, mark, notification_texts.cannot_reopen())


def notify_end(jira: JiraClient, document: Document) -> None:
    """Comment in all tickets of a document how it ended; add the link to a published page."""
    decision = document.decision
    if decision is None:
        _comment_sources(jira, document, "review-deleted", notification_texts.review_deleted(document))
        return
    if document.publication:
        _notify_published(jira, document, decision, document.publication)
    elif document.status is DocumentStatus.REJECTED:
        acknowledged = notification_texts.rejected_in_review(document, decision)
        comment_best_effort(jira, document.review_issue_id, comment_key(document, "rejection"), acknowledged)
        _comment_sources(
            jira,
            document,
            "rejected",
            notification_texts.rejected_in_source(document, decision, jira.browse_url),
        )
    elif decision.verdict is Verdict.NEEDS_REVISION:
        _comment_all(jira, document, "too-many-revisions", notification_texts.too_many_revisions(document))
    else:
        _comment_all(jira, document, "cannot-publish", notification_texts.cannot_publish(document.reason))


def _notify_published(jira: JiraClient, document: Document, decision: Decision, page: Publication) -> None:
    mark = comment_key(document, "published")
    comment_best_effort(
        jira, document.review_issue_id, mark, notification_texts.published_in_review(page, decision)
    )
    _link(jira, document.review_issue_id, document, page)
    _comment_sources(jira, document, "published", notification_texts.published_in_source(page, document))
    for key in document.issue_keys:
        _link(jira, key, document, page)


def _comment_all(jira: JiraClient, document: Document, kind: str, body: Adf) -> None:
    comment_best_effort(jira, document.review_issue_id, comment_key(document, kind), body)
    _comment_sources(jira, document, kind, body)


def _comment_sources(jira: JiraClient, document: Document, kind: str, body: Adf) -> None:
    for key in document.issue_keys:
        comment_best_effort(jira, key, comment_key(document, kind), body)


def _link(jira: JiraClient, issue: str, document: Document, page: Publication) -> None:
    try:
        jira.link_page(issue, LINK_ID_PREFIX + document.document_id, page.url, page.title)
    except (NotFound, RequestRefused) as error:
        # let go: a ticket that is deleted or refuses links cannot be linked; a 401 is raised
        log.warning("page_link.refused", extra={"issue": issue, "detail": str(error)})
