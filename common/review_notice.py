"""A review ticket that was moved to done becomes an event, whether a webhook tells of it or the sweep finds it."""

from __future__ import annotations

from common import announcing
from common.detection import REVIEW_LABEL
from common.event_bus import EventBus
from common.webhook_event import WebhookEvent

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
    announcing.review_completed(bus, event.issue_id, event.issue_key, move_id or event.identity)
    return "accepted", ""
