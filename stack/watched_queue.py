"""A queue and the rule that feeds it, watched: alarms for the ways in which their work stops."""

from typing import NotRequired, TypedDict

import pulumi

from stack.alarm import Metric, alarm


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
        alarm(
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
    # EventBridge names no bus in the metrics of the default one.
    bus = {} if bus_name == "default" else {"EventBusName": bus_name}
    alarm(
        parent,
        f"{name}-lost-alarm",
        pulumi.Output.concat(rule_name, "-lost"),
        Metric("AWS/Events", "InvocationsFailedToBeSentToDlq", {**bus, "RuleName": rule_name}),
        1,
        "An event was published and lost: look at the queues' policies and key, then replay the bus's archive.",
        topics,
    )
