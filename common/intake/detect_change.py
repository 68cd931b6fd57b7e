"""Handles webhooks: records a change, or reports a closed review, and publishes its event."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass

from common.atlassian.webhook_payload import WebhookPayload
from common.aws import event_bus
from common.aws.change_repository import ChangeRepository
from common.aws.event_bus import EventBus
from common.domain.change import Change, ChangeStatus
from common.intake.eligibility import EligibilityRules, evaluate_eligibility, may_answer
from common.runtime.deadline import Clock

log = logging.getLogger(__name__)

#: Label of Kinexus's own review tickets, which never become changes.
REVIEW_LABEL = "documentation-review"


@dataclass(frozen=True)
class DetectionResult:
    """The result of a webhook: its status for the answer, and the change id or the reason."""

    status: str
    change_id: str = ""
    reason: str = ""


@dataclass(frozen=True)
class ChangeDetector:
    """Records changes and publishes their events."""

    changes: ChangeRepository
    bus: EventBus
    rules: EligibilityRules
    clock: Clock

    def handle(self, event: WebhookPayload) -> DetectionResult:
        """Record a closed ticket once and publish ChangeDetected, or return why there is nothing to do.

        A duplicate of a change that is not processed yet publishes its event again: the first delivery may have died
        after recording the change and before publishing the event.
        """
        if REVIEW_LABEL in event.labels:
            return DetectionResult("skipped", reason="a review ticket of Kinexus is never documented itself")
        if not event.is_finishing:
            return self._pass_on_answer(event) or DetectionResult("skipped", reason=_why_not_finishing(event))
        eligibility = evaluate_eligibility(event, self.rules, self.clock())
        change = Change(
            change_id=derive_change_id(event),
            issue_id=event.issue_id,
            issue_key=event.issue_key,
            status=ChangeStatus.DETECTED if eligibility.document else ChangeStatus.IGNORED,
            reason=eligibility.reason,
            detected_at=int(self.clock()),
            from_status_id=event.move.from_id if event.move else "",
            asked_by_label=eligibility.asked_by_label,
            author_ids=tuple(dict.fromkeys(filter(None, (event.account_id, event.assignee_id)))),
            worth=eligibility.reason if eligibility.document else "",
        )
        ids = {"change_id": change.change_id, "issue_key": change.issue_key}
        is_new = self.changes.record(change)
        log.info(
            "change.recorded" if is_new else "change.already_recorded",
            extra={**ids, "reason": eligibility.reason},
        )
        if not is_new:
            return self.republish(self.changes.get(change.change_id) or change)
        if not eligibility.document:
            return DetectionResult("ignored", change.change_id, eligibility.reason)
        event_bus.publish_change_detected(self.bus, change)
        return DetectionResult("recorded", change.change_id, eligibility.reason)

    def _pass_on_answer(self, event: WebhookPayload) -> DetectionResult | None:
        """Publish the event of a change again whose ticket may answer now which page is meant; None if none waits.

        Whether it is an answer is decided later, by the ticket itself.
        """
        if not may_answer(event, self.rules):
            return None
        asked = self.changes.asking(event.issue_id)
        for change in asked:
            event_bus.publish_change_detected(self.bus, change)
        if not asked:
            return None
        reason = "the ticket may answer which page documents it"
        return DetectionResult("answered", asked[-1].change_id, reason)

    def republish(self, recorded: Change) -> DetectionResult:
        """Return the result for a recorded change; publish its event again if it is not processed yet."""
        if recorded.status is ChangeStatus.IGNORED:
            return DetectionResult("ignored", recorded.change_id, recorded.reason)
        if recorded.is_waiting:
            event_bus.publish_change_detected(self.bus, recorded)
        return DetectionResult(
            "duplicate", recorded.change_id, "this closing of the ticket is already recorded"
        )


def derive_change_id(event: WebhookPayload) -> str:
    """Derive a change's id from the issue id and the changelog id, or without the latter from the event's identity.

    Issue keys change when issues move to another project; these ids do not.
    """
    move_id = event.move.move_id if event.move else ""
    if move_id.isascii() and move_id.isdigit():
        return transition_id(event.issue_id, move_id)
    return f"chg-{event.issue_id}-w{hashlib.sha256(event.identity.encode()).hexdigest()[:16]}"


def transition_id(issue_id: str, move_id: str) -> str:
    """Return the change id of a status change in Jira's changelog."""
    return f"chg-{issue_id}-{move_id}"


def parse_change_id(change_id: str) -> tuple[str, str]:
    """Return the issue id in a change id, and the changelog id of the closing move (``""`` if unknown)."""
    _, issue_id, move = change_id.split("-", 2)
    return issue_id, "" if move.startswith("w") else move


def _why_not_finishing(event: WebhookPayload) -> str:
    if event.move is None:
        return f"{event.name or 'the event'} is not a change of status"
    return f'status changed to "{event.status_name}", which is not in the Done category'
