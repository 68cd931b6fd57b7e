"""`replay CHANGE-ID`: ChangeDetected once more, for a change that is on record but did not come to its end."""

from __future__ import annotations

from common.change import Change, ChangeStatus
from common.events import EventName
from ops.deployment import Deployment
from ops.hindrance import Hindrance
from ops.screen import Screen, moment

#: Why a change that is over is not published again, and what leads on instead.
_OVER = {
    ChangeStatus.DOCUMENTED: "its document goes its own way: `python -m ops status {key}` shows how it stands",
    ChangeStatus.NOT_NEEDED: "no page needed to change: write docs:PAGE-ID as a label, reopen and finish the ticket",
    ChangeStatus.IGNORED: "it was declined: set a label that asks for documentation, reopen and finish the ticket",
}


def run(deployment: Deployment, screen: Screen, change_id: str) -> int:
    """Publish the event of a change again and say what will happen; return 1 where nothing would."""
    change = deployment.changes.get(change_id)
    if change is None:
        raise Hindrance(
            f"no change {change_id} is on record in {deployment.settings.changes_table}",
            "`python -m ops status ISSUE-KEY` shows the changes of a ticket with their ids",
        )
    screen.say(
        f"{change.change_id} of {change.issue_key} is {change.status}: {change.reason} ({moment(change.detected_at)})"
    )
    over = _OVER.get(change.status)
    if over:
        screen.say(f"Not published, because nothing would happen: {over.format(key=change.issue_key)}.")
        return 1
    deployment.bus.publish(
        EventName.CHANGE_DETECTED,
        change_id=change.change_id,
        issue_id=change.issue_id,
        issue_key=change.issue_key,
    )
    screen.say(f"Published ChangeDetected: {_what_follows(change)}.")
    return 0


def _what_follows(change: Change) -> str:
    if change.status is ChangeStatus.FAILED:
        return "DocumentOrchestrator tries again" + (
            " with the pages that were chosen" if change.choice else ""
        )
    if change.choice:
        return "DocumentOrchestrator goes on where it stopped, with the pages that were chosen"
    return "DocumentOrchestrator takes it up; if its first event is still under way, the second one changes nothing"
