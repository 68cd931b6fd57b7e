"""Lambda entry point: processes ChangeDetected and RevisionRequested events from the queue."""

from __future__ import annotations

from functools import partial
from typing import Any

from common.domain.events import Event
from common.lambda_entry import logging_setup, sqs_batch
from common.runtime.attempt import attempt
from handlers.document_orchestrator.dependencies import build_orchestrator, source_queue

logging_setup.configure_logging()


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Process a batch of SQS messages; return the ids of those that failed, which go back to the queue."""
    do = partial(_serve, owner=str(context.aws_request_id))
    return sqs_batch.process_batch(
        event, context, sqs_batch.Work(do, _record_failure, _notify_waiting), source_queue
    )


def _serve(event: Event, owner: str) -> None:
    with attempt(event.failed_attempts):
        build_orchestrator().serve(event, owner)


def _record_failure(event: Event, reason: str) -> None:
    build_orchestrator().record_failure(event, reason)


def _notify_waiting(event: Event, reason: str) -> None:
    build_orchestrator().notify_waiting(event, reason)
