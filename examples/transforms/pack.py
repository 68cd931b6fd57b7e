"""A function that does nothing yet."""

from typing import Any


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Report every message of the batch as processed."""
    return {"batchItemFailures": []}
