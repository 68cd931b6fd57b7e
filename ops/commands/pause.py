"""`pause` and `resume`: stop drafting for a while, and go on with what waits."""

from __future__ import annotations

from common.aws.drafting_gate import GateState
from common.domain.change import ChangeStatus
from common.domain.document import DocumentStatus
from common.intake.waiting_changes import WaitingChanges
from ops.console_output import Terminal, format_time, pluralize
from ops.deployed_stack import DeployedStack


def run(deployment: DeployedStack, screen: Terminal, command: str, reason: str) -> int:
    """Run `pause`, with the operator's reason, or `resume`; return 0."""
    return pause(deployment, screen, reason) if command == "pause" else resume(deployment, screen)


def pause(deployment: DeployedStack, screen: Terminal, reason: str) -> int:
    """Pause drafting; return 0."""
    state = deployment.gate.pause(reason)
    screen.say(
        f"Drafting is paused since {format_time(state.paused_at)}{_because(state)}.",
        "Drafts that are being made are finished. Closed tickets are still recorded, and wait; reviews and "
        "publications go on. `python -m ops resume` ends the pause.",
    )
    return 0


def resume(deployment: DeployedStack, screen: Terminal) -> int:
    """End the pause, and publish the events of everything that waits, within the daily limit; return 0."""
    before = deployment.gate.resume()
    since = (
        f"It was paused since {format_time(before.paused_at)}." if before.paused_at else "It was not paused."
    )
    waiting = WaitingChanges(deployment.changes, deployment.documents, deployment.gate, deployment.bus)
    sent = waiting.publish()
    screen.say(
        f"Drafting goes on. {since}",
        f"Published the events of {pluralize(sent['changes'], 'change')} and "
        f"{pluralize(sent['revisions'], 'revision')}.",
    )
    return 0


def show_gate(deployment: DeployedStack, screen: Terminal) -> None:
    """Print whether drafting is paused or the daily limit is reached, and what waits; nothing if nothing waits."""
    state, gate = deployment.gate.read(), deployment.gate
    most, today = deployment.settings.max_drafts_per_day, gate.today()
    if not state.paused_at and gate.free(state) and state.limit_day != today:
        return
    changes = pluralize(sum(1 for _ in deployment.changes.with_status(ChangeStatus.DETECTED)), "change")
    revisions = sum(1 for _ in deployment.documents.with_status(DocumentStatus.REVISING))
    if state.paused_at:
        screen.say(
            f"Drafting is paused since {format_time(state.paused_at)}{_because(state)}: {changes} and "
            f"{pluralize(revisions, 'revision')} wait. `python -m ops resume` ends the pause."
        )
    else:
        screen.say(
            f"The limit of {most} drafts a day (maxDraftsPerDay) is reached for {today}: {changes} not drafted yet. "
            "A sweep on a later day takes them up."
        )


def _because(state: GateState) -> str:
    return f" ({state.reason})" if state.reason else ""
