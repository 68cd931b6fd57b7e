"""From a webhook to a change on record and an event on the bus."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass

from common.atlassian.webhook_payload import WebhookEvent
from common.aws import event_bus
from common.aws.change_repository import ChangeRecords
from common.aws.event_bus import EventBus
from common.domain.change import Change, ChangeStatus
from common.intake.eligibility import Rules, worth_documenting
from common.runtime.deadline import Clock

log = logging.getLogger(__name__)

#: Our own review tickets carry this label and never enter the pipeline again.
REVIEW_LABEL = "documentation-review"


@dataclass(frozen=True)
class Outcome:
    """What became of a webhook: its status word for the answer, and the change or the reason."""

    status: str
    change_id: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Detection:
    """What it takes to detect a change."""

    changes: ChangeRecords
    bus: EventBus
    rules: Rules
    clock: Clock

    def detect(self, event: WebhookEvent) -> Outcome:
        """Record a finished ticket once and publish ChangeDetected, or say why there is nothing to do.

        A duplicate of a change that nobody took up yet publishes its event again: the first one may have died
        between its record and its event.
        """
        if REVIEW_LABEL in event.labels:
            return Outcome("skipped", reason="a review ticket of ours never becomes a change")
        if not event.is_finishing:
            return Outcome("skipped", reason=_why_not_finishing(event))
        worth = worth_documenting(event, self.rules, self.clock())
        change = Change(
            change_id=change_id(event),
            issue_id=event.issue_id,
            issue_key=event.issue_key,
            status=ChangeStatus.DETECTED if worth.document else ChangeStatus.IGNORED,
            reason=worth.reason,
            detected_at=int(self.clock()),
            from_status_id=event.move.from_id if event.move else "",
            asked_by_label=worth.asked_by_label,
            author_ids=tuple(dict.fromkeys(filter(None, (event.account_id, event.assignee_id)))),
            worth=worth.reason if worth.document else "",
        )
        ids = {"change_id": change.change_id, "issue_key": change.issue_key}
        is_new = self.changes.record(change)
        log.info(
            "change recorded" if is_new else "change is on record", extra={**ids, "reason": worth.reason}
        )
        if not is_new:
            return self.again(self.changes.get(change.change_id) or change)
        if not worth.document:
            return Outcome("ignored", change.change_id, worth.reason)
        event_bus.change_detected(self.bus, change)
        return Outcome("recorded", change.change_id, worth.reason)

    def again(self, recorded: Change) -> Outcome:
        """Say what became of a change on record, and publish its event again if nobody took it up yet."""
        if recorded.status is ChangeStatus.IGNORED:
            return Outcome("ignored", recorded.change_id, recorded.reason)
        if recorded.is_waiting:
            event_bus.change_detected(self.bus, recorded)
        return Outcome("duplicate", recorded.change_id, "this finishing of the ticket is on record")


def change_id(event: WebhookEvent) -> str:
    """Derive the id of a change: from issue id and changelog id, else from the event's identity.

    Keys change when issues move to another project; these ids do not.
    """
    move_id = event.move.move_id if event.move else ""
    if move_id.isascii() and move_id.isdigit():
        return finishing_id(event.issue_id, move_id)
    return f"chg-{event.issue_id}-w{hashlib.sha256(event.identity.encode()).hexdigest()[:16]}"


def finishing_id(issue_id: str, move_id: str) -> str:
    """Return the id of the change that a move in Jira's changelog is."""
    return f"chg-{issue_id}-{move_id}"


def finishing_of(change_id: str) -> tuple[str, str]:
    """Return the issue id of a change, and the changelog id of the move that finished it, where that is known."""
    _, issue_id, move = change_id.split("-", 2)
    return issue_id, "" if move.startswith("w") else move


def _why_not_finishing(event: WebhookEvent) -> str:
    if event.move is None:
        return f"{event.name or 'the event'} is not a change of status"
    return f'the ticket is now in "{event.status_name}", which is not where "done" was just reached'


#: What stands for the finishing move where an operator has a document's review carried on.
REPLAYED = "replay"


def notice(event: WebhookEvent, bus: EventBus) -> tuple[str, str]:
    """Publish ReviewCompleted for a finished review; return a status word and, where it is skipped, the reason.

    Nothing of the webhook but the ticket's id is used later: whether it is a review of ours, and who decided what, is
    read from Jira.
    """
    if REVIEW_LABEL not in event.labels:
        return "skipped", f"{event.issue_key} does not carry the label {REVIEW_LABEL}"
    if not event.is_finishing:
        return "skipped", f"{event.issue_key} was not moved to a status of the category “done”"
    move_id = event.move.move_id if event.move else ""
    event_bus.review_completed(bus, event.issue_id, event.issue_key, move_id or event.identity)
    return "accepted", ""
