"""From a webhook to a change on record and an event on the bus."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass

from common.atlassian.webhook_payload import WebhookPayload
from common.aws import event_bus
from common.aws.change_repository import ChangeRepository
from common.aws.event_bus import EventBus
from common.domain.change import Change, ChangeStatus
from common.intake.eligibility import EligibilityRules, evaluate_eligibility
from common.runtime.deadline import Clock

log = logging.getLogger(__name__)

#: Our own review tickets carry this label and never enter the pipeline again.
REVIEW_LABEL = "documentation-review"


@dataclass(frozen=True)
class DetectionResult:
    """What became of a webhook: its status word for the answer, and the change or the reason."""

    status: str
    change_id: str = ""
    reason: str = ""


@dataclass(frozen=True)
class ChangeDetector:
    """What it takes to detect a change."""

    changes: ChangeRepository
    bus: EventBus
    rules: EligibilityRules
    clock: Clock

    def handle(self, event: WebhookPayload) -> DetectionResult:
        """Record a finished ticket once and publish ChangeDetected, or say why there is nothing to do.

        A duplicate of a change that nobody took up yet publishes its event again: the first one may have died
        between its record and its event.
        """
        if REVIEW_LABEL in event.labels:
            return DetectionResult("skipped", reason="a review ticket of ours never becomes a change")
        if not event.is_finishing:
            return DetectionResult("skipped", reason=_why_not_finishing(event))
        worth = evaluate_eligibility(event, self.rules, self.clock())
        change = Change(
            change_id=derive_change_id(event),
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
            "change.recorded" if is_new else "change.already_recorded", extra={**ids, "reason": worth.reason}
        )
        if not is_new:
            return self.republish(self.changes.get(change.change_id) or change)
        if not worth.document:
            return DetectionResult("ignored", change.change_id, worth.reason)
        event_bus.publish_change_detected(self.bus, change)
        return DetectionResult("recorded", change.change_id, worth.reason)

    def republish(self, recorded: Change) -> DetectionResult:
        """Say what became of a change on record, and publish its event again if nobody took it up yet."""
        if recorded.status is ChangeStatus.IGNORED:
            return DetectionResult("ignored", recorded.change_id, recorded.reason)
        if recorded.is_waiting:
            event_bus.publish_change_detected(self.bus, recorded)
        return DetectionResult("duplicate", recorded.change_id, "this finishing of the ticket is on record")


def derive_change_id(event: WebhookPayload) -> str:
    """Derive the id of a change: from issue id and changelog id, else from the event's identity.

    Keys change when issues move to another project; these ids do not.
    """
    move_id = event.move.move_id if event.move else ""
    if move_id.isascii() and move_id.isdigit():
        return transition_id(event.issue_id, move_id)
    return f"chg-{event.issue_id}-w{hashlib.sha256(event.identity.encode()).hexdigest()[:16]}"


def transition_id(issue_id: str, move_id: str) -> str:
    """Return the id of the change that a move in Jira's changelog is."""
    return f"chg-{issue_id}-{move_id}"


def parse_change_id(change_id: str) -> tuple[str, str]:
    """Return the issue id of a change, and the changelog id of the move that finished it, where that is known."""
    _, issue_id, move = change_id.split("-", 2)
    return issue_id, "" if move.startswith("w") else move


def _why_not_finishing(event: WebhookPayload) -> str:
    if event.move is None:
        return f"{event.name or 'the event'} is not a change of status"
    return f'the ticket is now in "{event.status_name}", which is not where "done" was just reached'


#: What stands for the finishing move where an operator has a document's review carried on.
REPLAY_MOVE_ID = "replay"


def handle_review_closed(event: WebhookPayload, bus: EventBus) -> tuple[str, str]:
    """Publish ReviewCompleted for a finished review; return a status word and, where it is skipped, the reason.

    Nothing of the webhook but the ticket's id is used later: whether it is a review of ours, and who decided what, is
    read from Jira.
    """
    if REVIEW_LABEL not in event.labels:
        return "skipped", f"{event.issue_key} does not carry the label {REVIEW_LABEL}"
    if not event.is_finishing:
        return "skipped", f"{event.issue_key} was not moved to a status of the category “done”"
    move_id = event.move.move_id if event.move else ""
    event_bus.publish_review_completed(bus, event.issue_id, event.issue_key, move_id or event.identity)
    return "accepted", ""
