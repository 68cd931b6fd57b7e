"""POST /webhooks/approval, and ReviewCompleted from the queue: one function with two doors."""

from __future__ import annotations

from functools import partial
from typing import Any

from common.domain.events import Event
from common.intake.detect_change import notice
from common.lambda_entry import logging_setup, sqs_batch
from common.lambda_entry.webhook_endpoint import Response, Turned, answer, in_time
from handlers.approval_handler.dependencies import own_queue, parts

logging_setup.set_up()


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer a webhook, or carry out the decisions that the queue holds."""
    if "Records" in event:
        do = partial(_serve, owner=str(context.aws_request_id))
        return sqs_batch.serve(event, context, sqs_batch.Work(do, _give_up, _tell_waiting), own_queue)
    return in_time(partial(_answer, event))


def _answer(request: dict[str, Any]) -> Response:
    here = parts()
    try:
        event = here.door.admit(request)
    except Turned as turned:
        return turned.response
    status, reason = notice(event, here.bus)
    return answer(200, status=status, reason=reason)


def _serve(event: Event, owner: str) -> None:
    parts().deciding.serve(event, owner)


def _give_up(event: Event, reason: str) -> None:
    parts().deciding.give_up(event, reason)


def _tell_waiting(event: Event, reason: str) -> None:
    parts().deciding.tell_waiting(event, reason)
