"""`replay ID`: publishes the event of an unfinished change or document again."""

from __future__ import annotations

from common.aws import event_bus
from common.aws.event_bus import EventBus
from common.domain.change import Change, ChangeStatus
from common.domain.document import Document, DocumentStatus
from common.intake.report_closed_review import REPLAY_MOVE_ID
from ops.console_output import Terminal, format_time
from ops.deployed_stack import DeployedStack
from ops.errors import OperatorError

#: Why the event of a change in a final status is not published again, and what to do instead.
_NO_REPLAY_OF_CHANGE = {
    ChangeStatus.DOCUMENTED: "it has a document already: `python -m ops status {key}` shows its state",
    ChangeStatus.NOT_NEEDED: (
        "no page needed a change: add the label docs:PAGE-ID, reopen the ticket and close it again"
    ),
    ChangeStatus.IGNORED: (
        "it was ignored: add a label that asks for documentation, reopen the ticket and close it again"
    ),
}
#: Why the event of a document in a final status is not published again, and what to do instead.
_NO_REPLAY_OF_DOCUMENT = {
    DocumentStatus.PUBLISHED: "its page is published",
    DocumentStatus.REJECTED: "its reviewer rejected it: for another draft, reopen the source ticket and close it again",
    DocumentStatus.NOT_NEEDED: "no page needed a change",
    DocumentStatus.FAILED: "it failed: {again}reopen the source ticket and close it again",
}


def run(deployment: DeployedStack, screen: Terminal, id_: str) -> int:
    """Publish the event of a change or a document again and print what follows; return 1 if nothing would."""
    if id_.startswith("doc-"):
        return _document(deployment, screen, id_)
    change = deployment.changes.get(id_)
    if change is None:
        raise _unknown("change", id_, deployment.settings.changes_table)
    screen.say(
        f"{change.change_id} of {change.issue_key} is {change.status}: {change.reason} "
        f"({format_time(change.detected_at)})"
    )
    why_not = _NO_REPLAY_OF_CHANGE.get(change.status)
    if why_not:
        return _nothing(screen, why_not.format(key=change.issue_key))
    event_bus.publish_change_detected(deployment.bus, change)
    screen.say(f"Published ChangeDetected: {_what_follows(change)}.")
    return 0


def _document(deployment: DeployedStack, screen: Terminal, document_id: str) -> int:
    document = deployment.documents.get(document_id)
    if document is None:
        raise _unknown("document", document_id, deployment.settings.documents_table)
    reason = f": {document.reason}" if document.reason else ""
    screen.say(f'{document_id} of "{document.title}" is {document.status} r{document.revision}{reason}')
    if document.reverts and document.status in (DocumentStatus.DRAFTING, DocumentStatus.FAILED):
        return _nothing(
            screen, f"it takes a publication back: ask again with `python -m ops revert {document.reverts}`"
        )
    why_not = None if document.closing else _NO_REPLAY_OF_DOCUMENT.get(document.status)
    if why_not:
        return _nothing(screen, why_not.format(again=_changes_to_replay(deployment, document)))
    screen.say(f"Published {_publish_again(deployment, document)}.")
    return 0


def _changes_to_replay(deployment: DeployedStack, document: Document) -> str:
    """Return the beginning of a remedy with the unfinished changes of a failed document; ``""`` if there are none."""
    known = filter(None, map(deployment.changes.get, document.change_ids))
    open_ones = ", ".join(change.change_id for change in known if change.status not in _NO_REPLAY_OF_CHANGE)
    return f"replay its changes, {open_ones}, or " if open_ones else ""


def _publish_again(deployment: DeployedStack, document: Document) -> str:
    """Publish the event for the document's status again; return its name and what follows, for the operator."""
    bus = deployment.bus
    if document.closing:
        _review_again(bus, document)
        review = document.review_issue_key
        return f"ReviewCompleted: ApprovalHandler comments the result in {review} and its source tickets"
    match document.status:
        case DocumentStatus.DRAFTED:
            event_bus.publish_document_generated(bus, document)
            return "DocumentGenerated: ReviewTicketCreator opens its review"
        case DocumentStatus.REVISING:
            event_bus.publish_revision_requested(bus, document)
            return "RevisionRequested: DocumentOrchestrator drafts the next revision"
        case DocumentStatus.IN_REVIEW | DocumentStatus.PUBLISHING:
            _review_again(bus, document)
            return (
                f"ReviewCompleted: ApprovalHandler carries out the decision in {document.review_issue_key} if that "
                "ticket is done; if it is gone, another review ticket is opened"
            )
    known = [change for change in map(deployment.changes.get, document.change_ids) if change]
    for change in known:
        event_bus.publish_change_detected(bus, change)
    return f"ChangeDetected of {', '.join(c.change_id for c in known)}: DocumentOrchestrator drafts it"


def _review_again(bus: EventBus, document: Document) -> None:
    event_bus.publish_review_completed(
        bus, document.review_issue_id, document.review_issue_key, REPLAY_MOVE_ID
    )


def _nothing(screen: Terminal, why: str) -> int:
    screen.say(f"Not published, because nothing would happen: {why}.")
    return 1


def _unknown(what: str, id_: str, table: str) -> OperatorError:
    return OperatorError(
        f"there is no {what} {id_} in the table {table}",
        "`python -m ops status ISSUE-KEY` shows the changes and documents of a ticket with their ids",
    )


def _what_follows(change: Change) -> str:
    if change.status is ChangeStatus.FAILED:
        return "DocumentOrchestrator tries again" + (
            " with the pages that were selected" if change.choice else ""
        )
    if change.status is ChangeStatus.ASKING:
        return "DocumentOrchestrator looks for an answer in its ticket, and asks there if it has not yet"
    if change.choice:
        return "DocumentOrchestrator continues where it stopped, with the pages that were selected"
    return "DocumentOrchestrator processes it; if the first event is still in the queue, the second has no effect"
