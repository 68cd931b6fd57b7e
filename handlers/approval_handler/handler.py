"""Lambda entry point: POST /webhooks/approval, and the events ReviewCompleted and ReviewDeleted from the queue."""

from __future__ import annotations

from functools import partial
from typing import Any

from common.intake.report_closed_review import handle_review_closed
from common.lambda_entry import logging_setup, sqs_batch
from common.lambda_entry.webhook_endpoint import (
    RequestRejected,
    Response,
    json_response,
    respond_within_deadline,
)
from handlers.approval_handler.dependencies import build_use_cases, build_webhook, source_queue

logging_setup.configure_logging()


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer a webhook request, or process a batch of queue messages."""
    if "Records" in event:
        return sqs_batch.process_batch(event, context, build_use_cases, source_queue)
    return respond_within_deadline(partial(_answer_webhook, event))


def _answer_webhook(request: dict[str, Any]) -> Response:
    webhook = build_webhook()
    try:
        event = webhook.verifier.verify(request)
    except RequestRejected as rejected:
        return rejected.response
    status, reason = handle_review_closed(event, webhook.bus)
    return json_response(200, status=status, reason=reason)
