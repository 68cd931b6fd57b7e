"""The events on the bus. They carry ids only, never content; RevertRequested also names the AWS identity that asked.

https://docs.aws.amazon.com/eventbridge/latest/ref/events-structure.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from common.runtime.json_access import as_dict

#: The ``source`` of all our events.
SOURCE = "kinexus"


class EventName(StrEnum):
    """The detail-type of an event."""

    CHANGE_DETECTED = "ChangeDetected"
    DOCUMENT_GENERATED = "DocumentGenerated"
    REVIEW_COMPLETED = "ReviewCompleted"
    REVIEW_DELETED = "ReviewDeleted"
    REVISION_REQUESTED = "RevisionRequested"
    REVERT_REQUESTED = "RevertRequested"
    DOCUMENTATION_PUBLISHED = "DocumentationPublished"


@dataclass(frozen=True)
class Event:
    """One event: its name and ids.

    ``message_id`` is the id of the queue message that delivered it; ``failed_attempts`` counts the attempts at it in
    which the model gave no usable answer.
    """

    name: EventName
    detail: Mapping[str, Any]
    message_id: str = ""
    failed_attempts: int = 0


class UnknownEvent(Exception):
    """A queue message is not one of the pipeline's events."""


def parse_event(message_body: str) -> Event:
    """Parse the EventBridge event in a queue message. Raises UnknownEvent."""
    try:
        body = as_dict(json.loads(message_body))
        return Event(EventName(str(body.get("detail-type"))), as_dict(body.get("detail")))
    except ValueError as error:
        raise UnknownEvent(f"not an event of {SOURCE}: {error}") from error
