"""Lambda entry point: the event DocumentGenerated from the queue opens a review."""

from __future__ import annotations

from typing import Any

from common.lambda_entry import logging_setup, sqs_batch
from handlers.review_ticket_creator.dependencies import build_use_cases, source_queue

logging_setup.configure_logging()


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Open a review for every drafted revision in the batch; failed messages return to the queue."""
    return sqs_batch.process_batch(event, context, build_use_cases, source_queue)
