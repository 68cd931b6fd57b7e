"""`redrive [FUNCTION]`: messages that were given up are shown with their reasons, then sent again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ops import dead_letter_queues, ticket_history
from ops.console_output import Terminal, counted, moment
from ops.dead_letter_queues import DeadLetter
from ops.deployed_stack import Deployment


def run(
    deployment: Deployment,
    screen: Terminal,
    function: str | None,
    agreed: Callable[[str], bool],
    *,
    drop: bool,
) -> int:
    """Show what lies in the dead-letter queues of one function or of all, and send it again if that is agreed to.

    What is no event of ours would only fail again: it stays, or with ``drop`` is deleted if that is agreed to.
    """
    feeds = [feed for feed in deployment.feeds if function in (None, feed.function)]
    sqs = deployment.client("sqs")
    held: list[DeadLetter] = []
    try:
        for feed in feeds:
            held += dead_letter_queues.receive_all(sqs, feed)
        others = dead_letter_queues.held_by_others(sqs, feeds, held)
        if others:
            screen.say(others)
        if held:
            _show(deployment, screen, held)
            _send(sqs, screen, held, agreed)
            _drop(sqs, screen, held, agreed, drop=drop)
        elif not others:
            screen.say(f"The dead-letter queue{f' of {function} is' if function else 's are'} empty.")
        return 0
    finally:
        dead_letter_queues.release(sqs, held)


def _send(sqs: Any, screen: Terminal, held: list[DeadLetter], agreed: Callable[[str], bool]) -> None:
    """Send what is an event of ours; whatever was sent is held no more."""
    ours = [letter for letter in held if letter.event]
    if not ours:
        return
    if not agreed(f"Send {counted(len(ours), 'message')} again?"):
        screen.say("Nothing was sent; they stay where they are.")
        return
    for letter in ours:
        dead_letter_queues.send_again(sqs, letter)
        held.remove(letter)
    screen.say(f"Sent again: {len(ours)}. `python -m ops status ISSUE-KEY` shows what becomes of them.")


def _drop(
    sqs: Any, screen: Terminal, held: list[DeadLetter], agreed: Callable[[str], bool], *, drop: bool
) -> None:
    """Delete what is no event of ours, or say how."""
    foreign = [letter for letter in held if not letter.event]
    if not foreign:
        return
    if not drop:
        screen.say(f"Not events of ours, left: {len(foreign)}. `python -m ops redrive --drop` deletes them.")
        return
    are = "is" if len(foreign) == 1 else "are"
    if not agreed(f"Delete {counted(len(foreign), 'message')} that {are} no event of ours?"):
        screen.say("Nothing was deleted.")
        return
    for letter in foreign:
        dead_letter_queues.delete(sqs, letter)
        held.remove(letter)
    screen.say(f"Deleted: {len(foreign)}.")


def _show(deployment: Deployment, screen: Terminal, letters: list[DeadLetter]) -> None:
    columns = ("function", "event", "ids", "first sent", "reason on record")
    rows = []
    for letter in letters:
        event = letter.event
        ids = (
            "\n".join(f"{name} {value}" for name, value in event.detail.items())
            if event
            else letter.body[:200]
        )
        reason = (
            ticket_history.reason(deployment, event) if event else "its function could only give it up again"
        )
        said = "\n".join(filter(None, (letter.refusal, reason)))
        name = str(event.name) if event else "not an event of ours"
        rows.append((letter.feed.function, name, ids, moment(letter.sent_at), said))
    screen.table(f"{counted(len(letters), 'message')} in dead-letter queues", columns, rows)
