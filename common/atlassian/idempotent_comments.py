"""Comments that are made once, however often the work behind them is delivered.

A comment carries its mark as a property in the very request that makes it, so a look for the mark tells whether it
was made, whatever happened to the answer.
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
    """Return the mark of what is said once about a revision."""
    return {"kind": kind, "document_id": document.document_id, "revision": document.revision}


def find_comment(jira: JiraClient, issue: str, mark: CommentKey) -> JiraComment | None:
    """Return our comment on ``issue`` that carries exactly ``mark``, or None."""
    ours = [comment for comment in jira.comments(issue) if comment.author_id == jira.account_id()]
    marks = jira.comment_marks([comment.comment_id for comment in ours[:1000]])
    return next((comment for comment in ours if marks.get(comment.comment_id) == dict(mark)), None)


def comment_once(jira: JiraClient, issue: str, mark: CommentKey, body: Adf) -> JiraComment:
    """Return the comment that carries ``mark``, making it if it is not there."""
    return find_comment(jira, issue, mark) or jira.add_comment(issue, body, mark)


def comment_best_effort(jira: JiraClient, issue: str, mark: CommentKey, body: Adf) -> JiraComment | None:
    """Comment once where that can be: None for a ticket that is gone, or takes no comment from us.

    A service that is down is another matter, and so is a token that is not accepted any more: those errors are raised.
    """
    try:
        return comment_once(jira, issue, mark, body)
    except (NotFound, RequestRefused) as error:
        log.warning("comment.refused", extra={"issue": issue, **mark, "said": str(error)})
        return None


def comment_failure_once(jira: JiraClient, issue: str, what: str, body: Adf) -> None:
    """Comment once that work on ``what`` was given up, whatever hinders it."""
    try:
        comment_once(jira, issue, {"kind": "failed", "what": what}, body)
    except AtlassianError:
        # let go: Jira itself may be down; the failure is on record and in the dead-letter queue
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
                    "Kinexus tries again by itself; nothing needs to be done here. If it still fails after 12 hours, "
                    "another comment says so."
                ),
            )
        ),
    )
