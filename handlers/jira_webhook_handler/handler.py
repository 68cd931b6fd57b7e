"""POST /webhooks/jira."""

from __future__ import annotations

from typing import Any

from common import logs, webhook_event
from common.webhook_door import Response, Turned, answer, receive
from handlers.jira_webhook_handler.composition import parts

logs.set_up()


def handle(request: dict[str, Any], _context: object) -> Response:
    """Answer as soon as the change and its event are durable, or the webhook is known to be none of ours."""
    here = parts()
    try:
        delivery = receive(request, here.secrets, allow_unsigned=here.allow_unsigned)
        event = webhook_event.parse(delivery.body)
    except Turned as turned:
        return turned.response
    except webhook_event.NotAWebhook as error:
        return answer(400, status="error", error=str(error))
    outcome = here.detection.detect(event, delivery.identifier)
    return answer(200, status=outcome.status, change_id=outcome.change_id, reason=outcome.reason)
