"""POST /webhooks/jira."""

from __future__ import annotations

from functools import partial
from typing import Any

from common.lambda_entry import logging_setup
from common.lambda_entry.webhook_endpoint import Response, Turned, answer, in_time
from handlers.jira_webhook_handler.dependencies import parts

logging_setup.set_up()


def handle(request: dict[str, Any], _context: object) -> Response:
    """Answer as soon as the change and its event are durable, or the webhook is known to be none of ours."""
    return in_time(partial(_answer, request))


def _answer(request: dict[str, Any]) -> Response:
    here = parts()
    try:
        event = here.door.admit(request)
    except Turned as turned:
        return turned.response
    outcome = here.detection.detect(event)
    return answer(200, status=outcome.status, change_id=outcome.change_id, reason=outcome.reason)
