"""Publishing on the bus.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
"""

from __future__ import annotations

import json
import logging
from typing import Any

from common.events import SOURCE, EventName

log = logging.getLogger(__name__)


class PublishFailed(Exception):
    """EventBridge answered, but did not take the event (``FailedEntryCount`` > 0)."""


class EventBus:
    """One bus. ``client`` is boto3's ``events`` client."""

    def __init__(self, client: Any, name: str) -> None:
        self._client, self._name = client, name

    def publish(self, name: EventName, **detail: str | int) -> None:
        """Publish one event; it is durable when this returns. Raises PublishFailed."""
        entry = {
            "EventBusName": self._name,
            "Source": SOURCE,
            "DetailType": name,
            "Detail": json.dumps(detail),
        }
        answer = self._client.put_events(Entries=[entry])
        if answer.get("FailedEntryCount"):
            refused = answer["Entries"][0]
            raise PublishFailed(f"{name}: {refused.get('ErrorCode')}: {refused.get('ErrorMessage')}")
        log.info("event published", extra={"event": str(name), **detail})
