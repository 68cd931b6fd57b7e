"""A queue and the rule that feeds it, watched: alarms for the ways in which their work stops."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi

from .alarm import Metric, create_alarm


class WatchedQueue(TypedDict):
    """A queue to show, and to watch unless an EventSubscription does."""

    label: str
    """Short name, as the dashboard shows it."""
    queue_name: pulumi.Input[str]
    """Its name in AWS."""
    dead_letter_queue_name: pulumi.Input[str]
    """Name of its dead-letter queue."""
    alarm_age_seconds: NotRequired[int]
    """Raise alarms too: for dead letters, and when the oldest message is as old as this. None by default, since
    an EventSubscription raises its own."""


def watch_queue(
    parent: pulumi.Resource,
    name: str,
    alarms_name: pulumi.Input[str],
    queue_name: pulumi.Input[str],
    dead_letter_queue_name: pulumi.Input[str],
    topics: pulumi.Input[list[pulumi.Input[str]]],
    age_seconds: pulumi.Input[int],
) -> None:
    """Tell `topics` of the two ways in which work stops: given up, and not taken up."""
    for label, watched, metric, threshold, words in (
        (
            "dead-letters",
            dead_letter_queue_name,
            "ApproximateNumberOfMessagesVisible",
            1,
            "Work was given up after several tries: read the function's log, then redrive the queue.",
        ),
        (
            "age",
            queue_name,
            "ApproximateAgeOfOldestMessage",
            age_seconds,
            "Work waits too long: the function fails, is throttled, or cannot keep up.",
        ),
    ):
        create_alarm(
            parent,
            f"{name}-{label}-alarm",
            pulumi.Output.concat(alarms_name, f"-{label}"),
            Metric("AWS/SQS", metric, {"QueueName": watched}, "Maximum", 60),
            threshold,
            words,
            topics,
        )


def watch_rule(
    parent: pulumi.Resource,
    name: str,
    rule_name: pulumi.Input[str],
    bus_name: pulumi.Input[str],
    topics: pulumi.Input[list[pulumi.Input[str]]],
) -> None:
    """Tell `topics` when an event of a rule reached neither queue nor dead-letter queue."""
    dimensions = pulumi.Output.all(bus_name, rule_name).apply(_dimensions)
    create_alarm(
        parent,
        f"{name}-lost-alarm",
        pulumi.Output.concat(rule_name, "-lost"),
        Metric("AWS/Events", "InvocationsFailedToBeSentToDlq", dimensions),
        1,
        "An event was published and lost: look at the queues' policies and key, then replay the bus's archive.",
        topics,
    )


def _dimensions(names: Sequence[str]) -> dict[str, str]:
    """Tell a rule's metrics by the names of bus and rule; EventBridge names no bus in those of the default one."""
    bus, rule = names
    bus = bus.rsplit(":event-bus/", 1)[-1]
    return {"RuleName": rule} if bus == "default" else {"EventBusName": bus, "RuleName": rule}
