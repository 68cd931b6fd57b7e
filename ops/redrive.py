"""`redrive [FUNCTION]`: messages that were given up are shown with their reasons, then sent again."""

from __future__ import annotations

from collections.abc import Callable

from ops import dead_letters, on_record
from ops.dead_letters import DeadLetter
from ops.deployment import Deployment
from ops.screen import Screen, moment


def run(deployment: Deployment, screen: Screen, function: str | None, agreed: Callable[[str], bool]) -> int:
    """Show what lies in the dead-letter queues of one function or of all, and send it again if that is agreed to."""
    feeds = [feed for feed in deployment.feeds if function in (None, feed.function)]
    sqs = deployment.client("sqs")
    waiting: list[DeadLetter] = []
    try:
        for feed in feeds:
            waiting += dead_letters.hold(sqs, feed)
        others = dead_letters.held_by_others(sqs, feeds, waiting)
        if not waiting:
            screen.say(others or "The dead-letter queues are empty.")
            return 0
        if others:
            screen.say(others)
        _show(deployment, screen, waiting)
        if not agreed(f"Send {_count(waiting)} again?"):
            screen.say("Nothing was sent; they stay where they are.")
            return 0
        total = len(waiting)
        while waiting:
            dead_letters.send_again(sqs, waiting[0])
            waiting.pop(0)
        screen.say(f"Sent again: {total}. `python -m ops status ISSUE-KEY` shows what becomes of them.")
        return 0
    finally:
        dead_letters.let_go(sqs, waiting)


def _show(deployment: Deployment, screen: Screen, letters: list[DeadLetter]) -> None:
    columns = ("function", "event", "ids", "first sent", "reason on record")
    rows = []
    for letter in letters:
        event = letter.event
        ids = (
            "\n".join(f"{name} {value}" for name, value in event.detail.items())
            if event
            else letter.body[:200]
        )
        reason = on_record.reason(deployment, event) if event else "its function will give it up again"
        said = "\n".join(filter(None, (letter.refusal, reason)))
        name = str(event.name) if event else "not an event of ours"
        rows.append((letter.feed.function, name, ids, moment(letter.sent_at), said))
    screen.table(f"{_count(letters)} in dead-letter queues", columns, rows)


def _count(letters: list[DeadLetter]) -> str:
    return f"{len(letters)} message" + ("s" if len(letters) != 1 else "")
