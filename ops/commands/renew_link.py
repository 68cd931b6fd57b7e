"""`renew-link ISSUE-KEY`: opens the link to the diff of an open review again, for `reviewLinkDays` from now."""

from __future__ import annotations

import time
from dataclasses import replace

from common.domain.document import Document, DocumentStatus
from ops.console_output import Terminal
from ops.deployed_stack import DeployedStack
from ops.errors import OperatorError
from ops.ticket_history import read_history


def run(deployment: DeployedStack, screen: Terminal, issue_key: str) -> int:
    """Renew the links of all open reviews of a source ticket or review ticket; return 1 if there is none."""
    renewed = 0
    for document in read_history(deployment, issue_key).documents:
        if document.status is DocumentStatus.IN_REVIEW and _renew(deployment, document):
            screen.say(
                f"The link to revision {document.revision} in {document.review_issue_key} shows the draft again, for "
                f"the time that reviewLinkDays says."
            )
            renewed += 1
    if not renewed:
        screen.say(f"{issue_key} has no open review, so no link was renewed.")
    return 0 if renewed else 1


def _renew(deployment: DeployedStack, document: Document) -> bool:
    status = deployment.reviews.status(document.document_id)
    if status is None:
        raise OperatorError(
            f"no review page is stored for {document.document_id}",
            "`python -m ops replay` with this id opens the review again",
        )
    if status.closed:
        return False
    deployment.reviews.store_status(document.document_id, replace(status, announced_at=time.time()))
    return True
