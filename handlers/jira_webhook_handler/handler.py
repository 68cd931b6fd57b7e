"""Lambda entry point of POST /webhooks/jira."""

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
    """Answer a webhook once its change and event are stored, or it turns out not to be relevant."""
    return respond_within_deadline(partial(_answer, request))


def _answer(request: dict[str, Any]) -> Response:
    dependencies = build_dependencies()
    try:
        event = dependencies.verifier.verify(request)
    except RequestRejected as rejected:
        return rejected.response
    outcome = dependencies.detection.handle(event)
    return json_response(200, status=outcome.status, change_id=outcome.change_id, reason=outcome.reason)
