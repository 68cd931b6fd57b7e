"""`revert DOCUMENT-ID`: asks for a review that takes the publication of a document back."""

from __future__ import annotations

from common.aws import event_bus
from common.aws.document_repository import page_lock_key
from common.domain.document import (
    FINAL_STATUSES,
    Document,
    DocumentKind,
    DocumentStatus,
    Publication,
    revert_id,
)
from common.domain.document_states import UNDRAFTED
from ops.console_output import Terminal
from ops.deployed_stack import DeployedStack
from ops.errors import OperatorError


def run(deployment: DeployedStack, screen: Terminal, document_id: str) -> int:
    """Publish RevertRequested and print what follows; return 1 if nothing can be taken back."""
    document = deployment.documents.get(document_id)
    if document is None:
        raise OperatorError(
            f"there is no document {document_id} in the table {deployment.settings.documents_table}",
            "`python -m ops status ISSUE-KEY` shows the documents of a ticket with their ids",
        )
    published = document.publication
    if published is None:
        screen.say(f"{document_id} is {document.status}: there is no publication to take back.")
        return 1
    if document.kind is DocumentKind.CREATE:
        screen.say(
            f'{document_id} created the page "{published.title}". Kinexus deletes no pages: delete it in Confluence, '
            f"{published.url}"
        )
        return 1
    known = deployment.documents.get(revert_id(document_id))
    if known and not _may_ask_again(known):
        screen.say(_already_asked(known))
        return 1 if known.status in FINAL_STATUSES else 0
    if other := _other_review(deployment, published, revert_id(document_id)):
        screen.say(f"{other} Ask again when that review is over.")
        return 1
    event_bus.publish_revert_requested(deployment.bus, document, _caller(deployment))
    screen.say(
        f"Published RevertRequested: DocumentOrchestrator drafts what takes back version {published.version} of "
        f'"{published.title}", and a review opens.',
        f"`python -m ops status {document.issue_keys[-1]}` shows the review, or why there is none.",
    )
    return 0


def _may_ask_again(known: Document) -> bool:
    """Return whether a revert was asked for before and never reached a review."""
    is_open = known.status in (DocumentStatus.DRAFTING, DocumentStatus.DRAFTED)
    return is_open or (known.status is DocumentStatus.FAILED and UNDRAFTED.holds(known))


def _already_asked(known: Document) -> str:
    review = known.review_issue_key or "no review"
    if known.status not in FINAL_STATUSES:
        return f"{known.document_id} takes it back and is {known.status}: decide in {review}."
    reason = f": {known.reason}" if known.reason else ""
    return (
        f"Not published, because it was asked for before: {known.document_id} ({review}) is {known.status}{reason}. "
        "To change the page, edit it in Confluence."
    )


def _other_review(deployment: DeployedStack, published: Publication, mine: str) -> str:
    """Return a sentence about the open document of the same page; ``""`` if there is none."""
    holder_id = deployment.documents.lock_holder(page_lock_key(published.page_id))
    if holder_id in (None, mine):
        return ""
    holder = deployment.documents.get(holder_id or "")
    if holder is None or holder.status in FINAL_STATUSES:
        return ""
    where = holder.review_issue_key or f"review of {', '.join(holder.issue_keys)}"
    return f"Not published, because another draft of this page is open ({where})."


def _caller(deployment: DeployedStack) -> str:
    """Return the name of the AWS identity that runs the command: of its user or of its role session."""
    arn: str = deployment.client("sts").get_caller_identity()["Arn"]
    return arn.rpartition("/")[2].rpartition(":")[2]
