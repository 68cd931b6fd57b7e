"""How long a message of a subscription may wait before something is wrong, from the queue's times."""

from collections.abc import Sequence
from typing import Any

from ..arguments.validation import reject

_SHORTEST_ALARM = 900


def alarm_age(known: Sequence[Any]) -> int:
    """Return the age in seconds of the oldest message that raises the alarm.

    `known` holds the argument (None if it is not given), the visibility timeout, the maximum receives, the delay and
    the retention. By default the last receive of a message is due before. Raises InvalidArgument if the queue would
    delete a message before that.
    """
    wanted, visibility, receives, delay, kept = (None if one is None else int(one) for one in known)
    assert visibility is not None and receives is not None and kept is not None  # noqa: S101, PT018 (have defaults)
    due = (delay or 0) + (receives - 1) * visibility
    if due >= kept:
        rule = (
            f"is {kept}, but the last of {receives} receives of a message is due after {due}: it would be deleted "
            "before it reaches the dead-letter queue"
        )
        fix = "Raise it (at most 1209600), or lower `maximum_receives` or the function's timeout."
        reject("EventSubscription", "message_retention_seconds", rule, fix)
    return wanted if wanted is not None else min(max(_SHORTEST_ALARM, due), kept - 1)
