"""DocumentGenerated, from the queue."""

from __future__ import annotations

from functools import partial
from typing import Any

from common.domain.events import Event
from common.lambda_entry import logging_setup, sqs_batch
from handlers.review_ticket_creator.dependencies import opening, own_queue

logging_setup.set_up()


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Open a review for every drafted revision; what fails goes back to the queue."""
    do = partial(_serve, owner=str(context.aws_request_id))
    return sqs_batch.serve(event, context, sqs_batch.Work(do, _give_up, _tell_waiting), own_queue)


def _serve(event: Event, owner: str) -> None:
    opening().serve(event, owner)


def _give_up(event: Event, reason: str) -> None:
    opening().give_up(event, reason)


def _tell_waiting(event: Event, reason: str) -> None:
    opening().tell_waiting(event, reason)
