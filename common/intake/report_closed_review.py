"""The approval webhook: reports a closed review ticket. Nothing but its id is taken from the webhook."""

from __future__ import annotations

from common.atlassian.webhook_payload import WebhookPayload
from common.aws import event_bus
from common.aws.event_bus import EventBus
from common.intake.detect_change import REVIEW_LABEL

#: Used in place of a changelog id when an operator replays a review.
REPLAY_MOVE_ID = "replay"


def handle_review_closed(event: WebhookPayload, bus: EventBus) -> tuple[str, str]:
    """Publish ReviewCompleted for a closed review ticket; return a status and, if it is skipped, the reason.

    Later steps use only the ticket's id: whether it is one of our reviews, and who decided what, is read from Jira.
    """
    if not event.issue_key:
        return "skipped", f"{event.name} is not about a review ticket"
    if REVIEW_LABEL not in event.labels:
        return "skipped", f"{event.issue_key} does not carry the label {REVIEW_LABEL}"
    if not event.is_finishing:
        return "skipped", f"{event.issue_key} was not moved to a status in the Done category"
    move_id = event.move.move_id if event.move else ""
    event_bus.publish_review_completed(bus, event.issue_id, event.issue_key, move_id or event.identity)
    return "accepted", ""
