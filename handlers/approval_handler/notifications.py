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
from common.domain.document import Document, DocumentStatus, Publication, Verdict
from handlers.approval_handler import notification_texts

log = logging.getLogger(__name__)


def reopen_review(jira: JiraClient, document: Document, move_id: str) -> None:
    """Reopen the review ticket after a move to Done; if its workflow does not allow it, comment who can."""
    if not jira.move_back(document.review_issue_id):
        log.error("review.reopen_failed", extra={"document_id": document.document_id})
        mark = {"kind": "stays done", "document_id": document.document_id, "move_id": move_id}
        comment_best_effort(jira, document.review_issue_id, mark, notification_texts.cannot_reopen())


def comment_review_gone(jira: JiraClient, document: Document, reason: str) -> None:
    """Comment in the source tickets that the review ticket cannot be read any more."""
    mark = {**comment_key(document, "review-gone"), "review": document.review_issue_key}
    for key in document.issue_keys:
        comment_best_effort(jira, key, mark, notification_texts.review_gone(reason, key))


def notify_end(jira: JiraClient, document: Document, *, is_first: bool) -> None:
    """Comment in all tickets of a document how it ended; add the link to a published page.

    ``is_first`` says that this invocation has just ended the document, so no comment was posted before.
    """
    for issue, kind, body in _end_comments(document, jira.browse_url):
        comment_best_effort(jira, issue, comment_key(document, kind), body, is_first=is_first)
        if document.publication:
            _link(jira, issue, document, document.publication)


def _end_comments(document: Document, browse_url: str) -> list[tuple[str, str, Adf]]:
    """Return the comments that say how a document ended: the ticket, the kind and the text of each."""
    review, decision, page = document.review_issue_id, document.decision, document.publication
    if decision is None:
        kind, in_sources, in_review = "review-deleted", notification_texts.review_deleted(document), None
    elif page:
        kind, in_sources = "published", notification_texts.published_in_source(page, document)
        in_review = notification_texts.published_in_review(page, decision)
    elif document.status is DocumentStatus.REJECTED:
        kind, in_sources = "rejected", notification_texts.rejected_in_source(document, decision, browse_url)
        in_review = notification_texts.rejected_in_review(document, decision)
    elif decision.verdict is Verdict.NEEDS_REVISION:
        kind, in_sources = "too-many-revisions", notification_texts.too_many_revisions(document)
        in_review = in_sources
    else:
        kind, in_sources = "cannot-publish", notification_texts.cannot_publish(document.reason)
        in_review = in_sources
    kind_in_review = "rejection" if kind == "rejected" else kind
    comments = [(review, kind_in_review, in_review)] if in_review else []
    return [*comments, *((key, kind, in_sources) for key in document.issue_keys)]


def _link(jira: JiraClient, issue: str, document: Document, page: Publication) -> None:
    try:
        jira.link_page(issue, LINK_ID_PREFIX + document.document_id, page.url, page.title)
    except (NotFound, RequestRefused) as error:
        # let go: a ticket that is deleted or refuses links cannot be linked; a 401 is raised
        log.warning("page_link.refused", extra={"issue": issue, "detail": str(error)})
