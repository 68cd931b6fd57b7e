"""Alarms on a queue (dead letters, age of messages), on the rule that feeds it (lost events), and on a stream."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi

from ..arguments.names import suffixed
from .alarm import Metric, Topics, create_alarm

_VISIBLE = "ApproximateNumberOfMessagesVisible"


class WatchedQueue(TypedDict):
    """A queue to show on the dashboard, optionally with alarms."""

    label: str
    """Short name for the dashboard, unique among the queues."""
    queue_name: pulumi.Input[str]
    """Name of the queue in AWS."""
    dead_letter_queue_name: pulumi.Input[str]
    """Name of its dead-letter queue."""
    alarm_age_seconds: NotRequired[int]
    """Create two alarms: on dead letters, and on a message of this age. No alarms by default, because an
    EventSubscription creates its own."""


def watch_queue(
    parent: pulumi.Resource,
    name: str,
    alarms_name: pulumi.Input[str] | None,
    queue_name: pulumi.Input[str],
    dead_letter_queue_name: pulumi.Input[str],
    topics: Topics,
    age_seconds: pulumi.Input[int],
) -> None:
    """Create the alarms on dead letters and on the age of the oldest message; both notify `topics`."""
    for label, watched, metric, threshold, description in (
        (
            "dead-letters",
            dead_letter_queue_name,
            _VISIBLE,
            1,
            "The dead-letter queue has a message: the function failed several times, or an event could not be "
            "delivered. Read the function's log, remove the cause, then redrive the queue.",
        ),
        (
            "age",
            queue_name,
            "ApproximateAgeOfOldestMessage",
            age_seconds,
            "A message waits too long: the function fails, is throttled, or cannot keep up.",
        ),
    ):
        create_alarm(
            parent,
            f"{name}-{label}-alarm",
            suffixed(alarms_name, f"-{label}"),
            Metric("AWS/SQS", metric, {"QueueName": watched}, "Maximum", 60),
            threshold,
            description,
            topics,
        )


def watch_stream(
    parent: pulumi.Resource,
    name: str,
    alarms_name: pulumi.Input[str] | None,
    function_name: pulumi.Input[str],
    dead_letter_queue_name: pulumi.Input[str],
    topics: Topics,
    age_seconds: pulumi.Input[int],
) -> None:
    """Create the alarms on dead letters of a stream and on the age of the records that its function gets."""
    create_alarm(
        parent,
        f"{name}-dead-letters-alarm",
        suffixed(alarms_name, "-dead-letters"),
        Metric("AWS/SQS", _VISIBLE, {"QueueName": dead_letter_queue_name}, "Maximum", 60),
        1,
        "The dead-letter queue names a batch of the stream that failed for good. Read the function's log, remove the "
        "cause, and process the records again within 24 hours, before DynamoDB deletes them.",
        topics,
    )
    create_alarm(
        parent,
        f"{name}-age-alarm",
        suffixed(alarms_name, "-age"),
        Metric("AWS/Lambda", "IteratorAge", {"FunctionName": function_name}, "Maximum", 60),
        pulumi.Output.from_input(age_seconds).apply(lambda seconds: int(seconds) * 1000),
        "Records of the stream wait too long: the function fails, is throttled, or cannot keep up.",
        topics,
    )


def watch_rule(
    parent: pulumi.Resource,
    name: str,
    alarms_name: pulumi.Input[str] | None,
    rule_name: pulumi.Input[str],
    bus_name: pulumi.Input[str],
    topics: Topics,
) -> None:
    """Create the alarm on events of a rule that reached neither queue nor dead-letter queue; it notifies `topics`."""
    dimensions = pulumi.Output.all(bus_name, rule_name).apply(_dimensions)
    create_alarm(
        parent,
        f"{name}-lost-alarm",
        suffixed(alarms_name, "-lost"),
        Metric("AWS/Events", "InvocationsFailedToBeSentToDlq", dimensions),
        1,
        "An event reached neither the queue nor the dead-letter queue. Check the policies and the KMS key of both "
        "queues, then replay the bus's archive.",
        topics,
    )


def _dimensions(names: Sequence[str]) -> dict[str, str]:
    """Return the dimensions of a rule's metrics: bus and rule, but only the rule on the default bus."""
    bus, rule = names
    bus = bus.rsplit(":event-bus/", 1)[-1]
    return {"RuleName": rule} if bus == "default" else {"EventBusName": bus, "RuleName": rule}
