"""Lambda entry point: processes ChangeDetected, RevisionRequested and RevertRequested events from the queue."""

from __future__ import annotations

from typing import Any

from common.lambda_entry import logging_setup, sqs_batch
from handlers.document_orchestrator.dependencies import build_use_cases, source_queue

logging_setup.configure_logging()


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Process a batch of SQS messages; return the ids of those that failed, which go back to the queue."""
    return sqs_batch.process_batch(event, context, build_use_cases, source_queue)
