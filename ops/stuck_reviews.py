"""`status` without a ticket: lists the reviews that are stuck, and why."""

from __future__ import annotations

from common.domain.document import FINAL_STATUSES, IN_REVIEW, Document, DocumentStatus
from ops.commands.pause import show_gate
from ops.console_output import Terminal, format_time, pluralize
from ops.deployed_stack import DeployedStack

#: A review whose ticket was deleted is listed for this many seconds (30 days) after the sweep that missed it.
LISTED_SECONDS = 30 * 24 * 3600
_REVIEWED = (*sorted(IN_REVIEW), DocumentStatus.DRAFTED, DocumentStatus.REVISING, DocumentStatus.FAILED)


def run(deployment: DeployedStack, screen: Terminal, now: float) -> int:
    """Print the reviews that are stuck at ``now``, in seconds since the epoch; return 0."""
    show_gate(deployment, screen)
    rows = []
    for document in deployment.documents.with_status(*_REVIEWED):
        state, explanation = stuck_state(document)
        is_recent = document.status not in FINAL_STATUSES or now - document.missing_since < LISTED_SECONDS
        if state and is_recent:
            sources = ", ".join(document.issue_keys)
            rows.append((document.review_issue_key, state, document.document_id, sources, explanation))
    if rows:
        columns = ("review", "state", "document", "source tickets", "details")
        screen.table("Stuck reviews", columns, sorted(rows))
    screen.say(
        f"{pluralize(len(rows), 'review')} found. `python -m ops status ISSUE-KEY` shows the history of a ticket."
    )
    return 0


def stuck_state(document: Document) -> tuple[str, str]:
    """Return why a review is stuck, as one word and as an explanation; two empty strings if it is not."""
    since = format_time(document.missing_since)
    if document.missing_since and document.status in IN_REVIEW:
        return (
            "missing",
            f"not found in Jira since the sweep of {since}; if the next sweep does not find it either, the review "
            "ends, unless the Kinexus account has lost access",
        )
    # A document that failed without a decision, and whose review was missing: the review ticket was deleted.
    if document.missing_since and document.status is DocumentStatus.FAILED and document.decision is None:
        return (
            "deleted",
            f"not found in Jira since the sweep of {since}; "
            + (
                "to change the page, edit it in Confluence"
                if document.reverts
                else "for another review, reopen a source ticket and close it again"
            ),
        )
    if document.stays_undecided and document.status not in FINAL_STATUSES:
        times = len(document.undecided_moves)
        return (
            "undecided",
            f"moved to Done {times} times without a decision, so Kinexus does not move it back any more",
        )
    return "", ""
