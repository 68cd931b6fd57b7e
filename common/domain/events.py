"""The events on the bus: ids only, never content.

https://docs.aws.amazon.com/eventbridge/latest/ref/events-structure.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from common.runtime.json_access import as_dict

#: The ``source`` of every event of ours.
SOURCE = "kinexus"


class EventName(StrEnum):
    """What can happen, as the event's detail-type."""

    CHANGE_DETECTED = "ChangeDetected"
    DOCUMENT_GENERATED = "DocumentGenerated"
    REVIEW_COMPLETED = "ReviewCompleted"
    REVIEW_DELETED = "ReviewDeleted"
    REVISION_REQUESTED = "RevisionRequested"
    DOCUMENTATION_PUBLISHED = "DocumentationPublished"


@dataclass(frozen=True)
class Event:
    """One event: its name and the ids it carries; ``message_id`` names the queue message that brought it."""

    name: EventName
    detail: Mapping[str, Any]
    message_id: str = ""


class UnknownEvent(Exception):
    """A queue message is not an event that this pipeline publishes."""


def parse_event(message_body: str) -> Event:
    """Read the EventBridge event that a rule put on a queue; raise NotOurEvent."""
    try:
        body = as_dict(json.loads(message_body))
        return Event(EventName(str(body.get("detail-type"))), as_dict(body.get("detail")))
    except ValueError as error:
        raise UnknownEvent(f"not an event of {SOURCE}: {error}") from error
