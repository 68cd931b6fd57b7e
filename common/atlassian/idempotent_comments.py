"""Idempotent comments in Jira: each is posted once, however often its message is redelivered.

A comment carries its idempotency key as a property, set in the same request that posts it. Searching for the key shows
whether it was posted, even if the answer was lost.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from common.atlassian.http_client import AtlassianError, NotFound, RequestRefused
from common.atlassian.jira_client import Adf, JiraClient, JiraComment
from common.domain.document import Document
from common.markup import adf

log = logging.getLogger(__name__)

CommentKey = Mapping[str, Any]


def comment_key(document: Document, kind: str) -> CommentKey:
    """Return the idempotency key of a comment that is posted once per revision."""
    return {"kind": kind, "document_id": document.document_id, "revision": document.revision}


def find_comment(jira: JiraClient, issue: str, mark: CommentKey) -> JiraComment | None:
    """Return our comment on ``issue`` that carries exactly ``mark``, or None."""
    account_id, comments = jira.account_id(), list(jira.comments(issue))
    ours = [comment for comment in comments if comment.author_id == account_id]
    marks = jira.comment_marks([comment.comment_id for comment in ours[:1000]])
    return next((comment for comment in ours if marks.get(comment.comment_id) == dict(mark)), None)


def comment_once(
    jira: JiraClient, issue: str, mark: CommentKey, body: Adf, *, is_first: bool = False
) -> JiraComment:
    """Return the comment that carries ``mark``, posting it if it does not exist.

    ``is_first`` says that no delivery can have posted it before, because this invocation has just made the conditional
    transition, or the ticket, that it follows: the mark is not looked for.
    """
    found = None if is_first else find_comment(jira, issue, mark)
    return found or jira.add_comment(issue, body, mark)


def comment_best_effort(
    jira: JiraClient, issue: str, mark: CommentKey, body: Adf, *, is_first: bool = False
) -> JiraComment | None:
    """Post a comment once, as ``comment_once`` does; return None if the ticket is gone or refuses the comment.

    Other errors are raised: a service that is down, a token that is no longer valid.
    """
    try:
        found = None if is_first else find_comment(jira, issue, mark)
        return found or jira.add_comment(issue, body, mark)
    except (NotFound, RequestRefused) as error:
        log.warning("comment.refused", extra={"issue": issue, **mark, "detail": str(error)})
        return None


def comment_failure_once(jira: JiraClient, issue: str, what: str, body: Adf) -> None:
    """Comment once that work on ``what`` has failed for good; never raises an AtlassianError."""
    try:
        comment_once(jira, issue, {"kind": "failed", "what": what}, body)
    except AtlassianError:
        # let go: Jira itself may be down; the failure is recorded and in the dead-letter queue
        log.exception("comment.failed", extra={"issue": issue})


def comment_waiting_once(jira: JiraClient, issue: str, what: str, reason: str) -> None:
    """Comment once that work on ``what`` is deferred, and why."""
    comment_once(
        jira,
        issue,
        {"kind": "waiting", "what": what},
        adf.doc(
            adf.panel(
                "info",
                adf.paragraph(f"The documentation is delayed: {reason[:1000]}"),
                adf.paragraph(
                    "Kinexus retries automatically, so you need not do anything. If it fails in the end, you get "
                    "another comment."
                ),
            )
        ),
    )
