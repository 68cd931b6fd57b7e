"""ChangeDetected and RevisionRequested, from the queue."""

from __future__ import annotations

from functools import partial
from typing import Any

from common.domain.events import Event
from common.lambda_entry import logging_setup, sqs_batch
from handlers.document_orchestrator.dependencies import orchestration, own_queue

logging_setup.set_up()


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Bring every change to a drafted document; what fails goes back to the queue."""
    do = partial(_serve, owner=str(context.aws_request_id))
    return sqs_batch.serve(event, context, sqs_batch.Work(do, _give_up, _tell_waiting), own_queue)


def _serve(event: Event, owner: str) -> None:
    orchestration().serve(event, owner)


def _give_up(event: Event, reason: str) -> None:
    orchestration().give_up(event, reason)


def _tell_waiting(event: Event, reason: str) -> None:
    orchestration().tell_waiting(event, reason)
