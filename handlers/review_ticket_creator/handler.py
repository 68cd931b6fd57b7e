"""Lambda entry point: the event DocumentGenerated from the queue opens a review."""

from __future__ import annotations

from functools import partial
from typing import Any

from common.domain.events import Event
from common.lambda_entry import logging_setup, sqs_batch
from handlers.review_ticket_creator.dependencies import build_open_review, source_queue

logging_setup.configure_logging()


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Open a review for every drafted revision in the batch; failed messages return to the queue."""
    do = partial(_serve, owner=str(context.aws_request_id))
    return sqs_batch.process_batch(
        event, context, sqs_batch.Work(do, _record_failure, _notify_waiting), source_queue
    )


def _serve(event: Event, owner: str) -> None:
    build_open_review().serve(event, owner)


def _record_failure(event: Event, reason: str) -> None:
    build_open_review().record_failure(event, reason)


def _notify_waiting(event: Event, reason: str) -> None:
    build_open_review().notify_waiting(event, reason)
