"""Lambda entry point: POST /webhooks/approval, and the events ReviewCompleted and ReviewDeleted from the queue."""

from __future__ import annotations

from functools import partial
from typing import Any

from common.domain.events import Event
from common.intake.detect_change import handle_review_closed
from common.lambda_entry import logging_setup, sqs_batch
from common.lambda_entry.webhook_endpoint import (
    RequestRejected,
    Response,
    json_response,
    respond_within_deadline,
)
from handlers.approval_handler.dependencies import build_dependencies, source_queue

logging_setup.configure_logging()


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer a webhook request, or process a batch of queue messages."""
    if "Records" in event:
        do = partial(_serve, owner=str(context.aws_request_id))
        return sqs_batch.process_batch(
            event, context, sqs_batch.Work(do, _record_failure, _notify_waiting), source_queue
        )
    return respond_within_deadline(partial(_answer_webhook, event))


def _answer_webhook(request: dict[str, Any]) -> Response:
    dependencies = build_dependencies()
    try:
        event = dependencies.verifier.verify(request)
    except RequestRejected as rejected:
        return rejected.response
    status, reason = handle_review_closed(event, dependencies.bus)
    return json_response(200, status=status, reason=reason)


def _serve(event: Event, owner: str) -> None:
    build_dependencies().processor.serve(event, owner)


def _record_failure(event: Event, reason: str) -> None:
    build_dependencies().processor.record_failure(event, reason)


def _notify_waiting(event: Event, reason: str) -> None:
    build_dependencies().processor.notify_waiting(event, reason)
