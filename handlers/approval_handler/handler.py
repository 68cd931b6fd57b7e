"""Lambda entry point: POST /webhooks/approval, and the events ReviewCompleted and ReviewDeleted from the queue."""

from __future__ import annotations

from functools import partial
from typing import Any

from common.lambda_entry import logging_setup
from common.lambda_entry.webhook_endpoint import respond_within_deadline
from handlers.approval_handler.answer_webhook import answer_webhook

logging_setup.configure_logging()


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer a webhook request, or process a batch of queue messages."""
    if "Records" not in event:
        return respond_within_deadline(partial(answer_webhook, event))
    # Jira waits for the webhook's answer, so what publishes pages is loaded with the first message only.
    from common.lambda_entry import sqs_batch
    from handlers.approval_handler.dependencies import build_use_cases, source_queue

    return sqs_batch.process_batch(event, context, build_use_cases, source_queue)
