"""`status ISSUE-KEY`: shows the history of a ticket in one table."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError

from common.atlassian.http_client import AtlassianError, NotFound
from common.aws.secrets import InvalidSecret
from common.domain.change import Change, ChangeStatus
from common.domain.document import Document, DocumentKind, DocumentStatus, confidence_text
from common.domain.model_use import made_by
from common.runtime.json_access import as_str
from ops import dead_letter_queues, stuck_reviews, ticket_history
from ops.console_output import Terminal, format_time
from ops.dead_letter_queues import DeadLetter
from ops.deployed_stack import DeployedStack

Row = tuple[str, str, str, str]


def run(deployment: DeployedStack, screen: Terminal, issue_key: str) -> int:
    """Print the history of a source ticket or review ticket; return 1 if there is no record of it."""
    history = ticket_history.read_history(deployment, issue_key)
    if not (history.changes or history.documents):
        history = ticket_history.read_history(deployment, issue_key, _issue_id(deployment, screen, issue_key))
    sqs = deployment.client("sqs")
    others = dead_letter_queues.held_by_others(sqs, deployment.queues)
    letters = dead_letter_queues.peek(sqs, deployment.queues)
    mine = [letter for letter in letters if ticket_history.belongs_to(letter, issue_key, history)]
    if not (history.changes or history.documents or mine):
        screen.say(
            f"There is no record of {issue_key}.",
            "If the ticket is closed, its webhook was lost, or no label or issue type asked for documentation then.",
            "`python -m ops sweep --since 2d` finds such tickets; `python -m ops doctor` checks the webhooks.",
        )
        return 1
    rows = [row for change in history.changes for row in _of_change(change)]
    rows += [row for document in history.documents for row in _of_document(document, stopped=bool(mine))]
    rows += [_of_letter(letter) for letter in mine]
    screen.table(issue_key, ("what", "id", "status", "details"), rows)
    if mine:
        screen.say("Messages about it are in a dead-letter queue: `python -m ops redrive` sends them again.")
    if others:
        screen.say(f"Other messages in dead-letter queues are not shown: {others}")
    return 0


def _issue_id(deployment: DeployedStack, screen: Terminal, issue_key: str) -> str:
    """Return Jira's id of a ticket, which stays the same if it moves to another project; ``""`` if Jira has none."""
    try:
        return as_str(deployment.atlassian[0].issue(issue_key).get("id"))
    except NotFound:
        return ""
    except (AtlassianError, InvalidSecret, BotoCoreError, ClientError) as error:
        screen.say(f"Kinexus could not ask Jira whether {issue_key} had another key before: {error}")
        return ""


def _of_change(change: Change) -> Iterator[Row]:
    yield (
        "change",
        change.change_id,
        str(change.status),
        _lines(change.reason, _question(change), format_time(change.detected_at)),
    )


def _question(change: Change) -> str:
    """Return what the ticket of a change is asked, if it waits for the answer."""
    if change.status is not ChangeStatus.ASKING or change.question is None:
        return ""
    at = format_time(change.question.asked_at) or "not yet"
    return f'asked at {at}: it would take "{change.question.title}" (page {change.question.page_id})'


def _of_document(document: Document, *, stopped: bool) -> Iterator[Row]:
    page = f'"{document.title}"' + (f" (page {document.page_id})" if document.page_id else "")
    does = "updates" if document.kind is DocumentKind.UPDATE else "creates"
    choice = document.choice
    why = f"{choice.reason} (by {choice.decided_by}, {confidence_text(choice.confidence)})"
    status = f"{document.status} r{document.revision}" if document.revision else str(document.status)
    created = format_time(document.created_at)
    model = _model_line(document)
    # A published document may still have the reason of an earlier revision, unless a comment is still to be made.
    is_done = document.status is DocumentStatus.PUBLISHED and not document.closing
    reason = "" if is_done else document.reason
    if stopped and not reason and not document.is_done:
        reason = f"why it stopped: {ticket_history.NO_REASON}"
    yield "document", document.document_id, status, _lines(f"{does} {page}", why, model, reason, created)
    if document.review_issue_key:
        comment = document.announcement
        announced = f"r{comment.revision} announced at {comment.at}" if comment else ""
        state, stuck = stuck_reviews.stuck_state(document)
        yield "review", document.review_issue_key, state, _lines(announced, stuck)
    if document.decision:
        made = document.decision
        who = f"by {made.author_name or made.author_id} on r{made.revision} at {made.decided_at}"
        yield "decision", f"comment {made.comment_id}", str(made.verdict), _lines(who, made.feedback)
    if document.publication:
        page_version = document.publication
        notes = [
            "someone edited the page in between; that edit is kept" if page_version.on_top else "",
            "Confluence stored it differently" if page_version.differs else "",
        ]
        which = f"page {page_version.page_id}"
        yield "page", which, f"version {page_version.version}", _lines(page_version.url, *notes)


def _model_line(document: Document) -> str:
    """Return which models chose and drafted, with the prompt's version and the tokens of all drafts."""
    drafted = document.drafted_by
    who = made_by(document.choice.chosen_by_model, drafted)
    if drafted is None:
        return who
    tokens = f"{drafted.input_tokens:,} tokens read, {drafted.output_tokens:,} written"
    return f"{who} (prompt {drafted.prompt_version}; {tokens})"


def _of_letter(letter: DeadLetter) -> Row:
    name = str(letter.event.name) if letter.event else "not a Kinexus event"
    where = f"{name}, failed in {letter.queue.function}"
    return (
        "dead letter",
        letter.message_id,
        "waits",
        _lines(where, letter.refusal, format_time(letter.sent_at)),
    )


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)
