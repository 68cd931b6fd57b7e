"""`replay ID`: the event of a change or a document once more, where it is on record but did not come to its end."""

from __future__ import annotations

from common.aws import event_bus
from common.aws.event_bus import EventBus
from common.domain.change import Change, ChangeStatus
from common.domain.document import Document, DocumentStatus
from common.intake.detect_change import REPLAY_MOVE_ID
from ops.console_output import Terminal, moment
from ops.deployed_stack import Deployment
from ops.errors import OperatorError

#: Why a change that is over is not published again, and what leads on instead.
_OVER = {
    ChangeStatus.DOCUMENTED: "its document goes its own way: `python -m ops status {key}` shows how it stands",
    ChangeStatus.NOT_NEEDED: "no page needed to change: write docs:PAGE-ID as a label, reopen and finish the ticket",
    ChangeStatus.IGNORED: "it was declined: set a label that asks for documentation, reopen and finish the ticket",
}
#: Why a document that is over is not published again.
_CLOSED = {
    DocumentStatus.PUBLISHED: "it is on its page",
    DocumentStatus.REJECTED: "its reviewer rejected it: reopen and finish the ticket for another",
    DocumentStatus.NOT_NEEDED: "no page needed to change",
    DocumentStatus.FAILED: "it ended: {again}reopen and finish the ticket for another",
}


def run(deployment: Deployment, screen: Terminal, id_: str) -> int:
    """Publish the event of a change or a document again and say what will happen; return 1 where nothing would."""
    if id_.startswith("doc-"):
        return _document(deployment, screen, id_)
    change = deployment.changes.get(id_)
    if change is None:
        raise _unknown("change", id_, deployment.settings.changes_table)
    screen.say(
        f"{change.change_id} of {change.issue_key} is {change.status}: {change.reason} ({moment(change.detected_at)})"
    )
    over = _OVER.get(change.status)
    if over:
        return _nothing(screen, over.format(key=change.issue_key))
    event_bus.publish_change_detected(deployment.bus, change)
    screen.say(f"Published ChangeDetected: {_what_follows(change)}.")
    return 0


def _document(deployment: Deployment, screen: Terminal, document_id: str) -> int:
    document = deployment.documents.get(document_id)
    if document is None:
        raise _unknown("document", document_id, deployment.settings.documents_table)
    said = f": {document.reason}" if document.reason else ""
    screen.say(f'{document_id} of "{document.title}" is {document.status} r{document.revision}{said}')
    over = None if document.closing else _CLOSED.get(document.status)
    if over:
        return _nothing(screen, over.format(again=_changes_to_replay(deployment, document)))
    screen.say(f"Published {_publish_again(deployment, document)}.")
    return 0


def _changes_to_replay(deployment: Deployment, document: Document) -> str:
    """Say which changes of a document that failed can be replayed; one that came to its review is documented."""
    known = filter(None, map(deployment.changes.get, document.change_ids))
    open_ones = ", ".join(change.change_id for change in known if change.status not in _OVER)
    return f"replay its changes, {open_ones}, or " if open_ones else ""


def _publish_again(deployment: Deployment, document: Document) -> str:
    """Publish the event that a document waits for, or went on from; return its name and what follows."""
    bus = deployment.bus
    if document.closing:
        _review_again(bus, document)
        return f"ReviewCompleted: ApprovalHandler tells {document.review_issue_key} and its source tickets of the end"
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
                f"ReviewCompleted: ApprovalHandler carries out what {document.review_issue_key} says, if it is done; "
                "if that ticket is gone, another is opened"
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
        f"no {what} {id_} is on record in {table}",
        "`python -m ops status ISSUE-KEY` shows the changes and documents of a ticket with their ids",
    )


def _what_follows(change: Change) -> str:
    if change.status is ChangeStatus.FAILED:
        return "DocumentOrchestrator tries again" + (
            " with the pages that were chosen" if change.choice else ""
        )
    if change.choice:
        return "DocumentOrchestrator goes on where it stopped, with the pages that were chosen"
    return "DocumentOrchestrator takes it up; if its first event is still under way, the second one changes nothing"
