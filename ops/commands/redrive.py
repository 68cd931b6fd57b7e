"""`redrive [FUNCTION]`: shows the messages in dead-letter queues with their reasons, and sends them again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ops import dead_letter_queues, ticket_history
from ops.console_output import Terminal, format_time, pluralize
from ops.dead_letter_queues import DeadLetter
from ops.deployed_stack import DeployedStack


def run(
    deployment: DeployedStack,
    screen: Terminal,
    function: str | None,
    confirm: Callable[[str], bool],
    *,
    drop: bool,
) -> int:
    """Show the messages in the dead-letter queues of one function or of all; if confirmed, send them again. Returns 0.

    ``confirm`` asks a yes-or-no question. Messages that are not Kinexus events would fail again: they stay, or with
    ``drop`` are deleted, if confirmed.
    """
    queues = [queue for queue in deployment.queues if function in (None, queue.function)]
    sqs = deployment.client("sqs")
    held: list[DeadLetter] = []
    try:
        for queue in queues:
            held += dead_letter_queues.receive_all(sqs, queue)
        others = dead_letter_queues.held_by_others(sqs, queues, held)
        if others:
            screen.say(others)
        if held:
            _show(deployment, screen, held)
            _send(sqs, screen, held, confirm)
            _drop(sqs, screen, held, confirm, drop=drop)
        elif not others:
            screen.say(f"The dead-letter queue{f' of {function} is' if function else 's are'} empty.")
        return 0
    finally:
        dead_letter_queues.release(sqs, held)


def _send(sqs: Any, screen: Terminal, held: list[DeadLetter], confirm: Callable[[str], bool]) -> None:
    """Send the Kinexus events among the messages again, if confirmed, and remove them from ``held``."""
    ours = [letter for letter in held if letter.event]
    if not ours:
        return
    if not confirm(f"Send {pluralize(len(ours), 'message')} again?"):
        screen.say("Nothing was sent; the messages stay in the dead-letter queue.")
        return
    for letter in ours:
        dead_letter_queues.send_again(sqs, letter)
        held.remove(letter)
    screen.say(f"Sent again: {len(ours)}. `python -m ops status ISSUE-KEY` shows the result.")


def _drop(
    sqs: Any, screen: Terminal, held: list[DeadLetter], confirm: Callable[[str], bool], *, drop: bool
) -> None:
    """Delete messages that are not Kinexus events, if confirmed; without ``drop``, print how to."""
    foreign = [letter for letter in held if not letter.event]
    if not foreign:
        return
    if not drop:
        screen.say(
            f"Not Kinexus events, not sent: {len(foreign)}. `python -m ops redrive --drop` deletes them."
        )
        return
    are = "is not a Kinexus event" if len(foreign) == 1 else "are not Kinexus events"
    if not confirm(f"Delete {pluralize(len(foreign), 'message')} that {are}?"):
        screen.say("Nothing was deleted.")
        return
    for letter in foreign:
        dead_letter_queues.delete(sqs, letter)
        held.remove(letter)
    screen.say(f"Deleted: {len(foreign)}.")


def _show(deployment: DeployedStack, screen: Terminal, letters: list[DeadLetter]) -> None:
    columns = ("function", "event", "ids", "first sent", "recorded reason")
    rows = []
    for letter in letters:
        event = letter.event
        ids = (
            "\n".join(f"{name} {value}" for name, value in event.detail.items())
            if event
            else letter.body[:200]
        )
        reason = ticket_history.recorded_reason(deployment, event) if event else "it would fail again"
        reasons = "\n".join(filter(None, (letter.refusal, reason)))
        name = str(event.name) if event else "not a Kinexus event"
        rows.append((letter.queue.function, name, ids, format_time(letter.sent_at), reasons))
    screen.table(f"{pluralize(len(letters), 'message')} in dead-letter queues", columns, rows)
