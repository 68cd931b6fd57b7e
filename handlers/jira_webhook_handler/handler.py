"""POST /webhooks/jira."""

from __future__ import annotations

from functools import partial
from typing import Any

from common.lambda_entry import logging_setup
from common.lambda_entry.webhook_endpoint import (
    RequestRejected,
    Response,
    json_response,
    respond_within_deadline,
)
from handlers.jira_webhook_handler.dependencies import build_dependencies

logging_setup.configure_logging()


def handle(request: dict[str, Any], _context: object) -> Response:
    """Answer as soon as the change and its event are durable, or the webhook is known to be none of ours."""
    return respond_within_deadline(partial(_answer, request))


def _answer(request: dict[str, Any]) -> Response:
    here = build_dependencies()
    try:
        event = here.door.verify(request)
    except RequestRejected as turned:
        return turned.response
    outcome = here.detection.handle(event)
    return json_response(200, status=outcome.status, change_id=outcome.change_id, reason=outcome.reason)
