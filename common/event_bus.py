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
    """EventBridge answered, but did not take the event (``FailedEntryCount`` > 0); ``code`` is its reason."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


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
            code = str(refused.get("ErrorCode"))
            raise PublishFailed(f"{name}: {code}: {refused.get('ErrorMessage')}", code)
        log.info("event published", extra={"event": str(name), **detail})
