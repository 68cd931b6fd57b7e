"""POST /webhooks/approval, and ReviewCompleted from the queue: one function with two doors."""

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
    """Answer a webhook, or carry out the decisions that the queue holds."""
    if "Records" in event:
        do = partial(_serve, owner=str(context.aws_request_id))
        return sqs_batch.process_batch(
            event, context, sqs_batch.Work(do, _give_up, _tell_waiting), source_queue
        )
    return respond_within_deadline(partial(_answer, event))


def _answer(request: dict[str, Any]) -> Response:
    here = build_dependencies()
    try:
        event = here.door.verify(request)
    except RequestRejected as turned:
        return turned.response
    status, reason = handle_review_closed(event, here.bus)
    return json_response(200, status=status, reason=reason)


def _serve(event: Event, owner: str) -> None:
    build_dependencies().deciding.serve(event, owner)


def _give_up(event: Event, reason: str) -> None:
    build_dependencies().deciding.record_failure(event, reason)


def _tell_waiting(event: Event, reason: str) -> None:
    build_dependencies().deciding.tell_waiting(event, reason)
