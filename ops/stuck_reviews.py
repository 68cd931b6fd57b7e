"""`status` without a ticket: the reviews that do not go on by themselves, and what would help."""

from __future__ import annotations

from common.domain.document import FINAL_STATUSES, IN_REVIEW, Document, DocumentStatus
from ops.console_output import Terminal, counted, moment
from ops.deployed_stack import Deployment

#: Seconds for which a review whose ticket was deleted is listed: a month.
LISTED = 30 * 24 * 3600
_REVIEWED = (*sorted(IN_REVIEW), DocumentStatus.DRAFTED, DocumentStatus.REVISING, DocumentStatus.FAILED)


def run(deployment: Deployment, screen: Terminal, now: float) -> int:
    """Print the reviews that are stuck at ``now``, in seconds since the epoch; return 0."""
    rows = []
    for document in deployment.documents.with_status(*_REVIEWED):
        state, said = standing(document)
        is_recent = document.status not in FINAL_STATUSES or now - document.missing_since < LISTED
        if state and is_recent:
            sources = ", ".join(document.issue_keys)
            rows.append((document.review_issue_key, state, document.document_id, sources, said))
    if rows:
        columns = ("review", "is", "document", "source tickets", "said")
        screen.table("Reviews that do not go on by themselves", columns, sorted(rows))
    screen.say(
        f"{counted(len(rows), 'review')} found. `python -m ops status ISSUE-KEY` tells a ticket's whole story."
    )
    return 0


def standing(document: Document) -> tuple[str, str]:
    """Return a word for what stops a review, and what is to be known of it; two empty texts where nothing does."""
    since = moment(document.missing_since)
    if document.missing_since and document.status in IN_REVIEW:
        return (
            "missing",
            f"not found in Jira since the sweep of {since}; if the next finds it neither, it ends",
        )
    # Of all documents that failed after a review, only these have no decision.
    if document.missing_since and document.status is DocumentStatus.FAILED and document.decision is None:
        return (
            "deleted",
            f"not found in Jira since the sweep of {since}; finishing a source ticket again brings another",
        )
    if document.stays_undecided and document.status not in FINAL_STATUSES:
        times = len(document.undecided_moves)
        return "undecided", f"moved to done {times} times without a decision: it is not moved back any more"
    return "", ""
