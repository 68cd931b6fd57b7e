"""A queue that is watched: two alarms, for the two ways in which its work stops."""

from typing import TypedDict

import pulumi

from stack.alarm import Metric, alarm


class WatchedQueue(TypedDict):
    """A queue to show; its alarms belong to EventSubscription."""

    label: str
    """Short name, as the dashboard shows it."""
    queue_name: pulumi.Input[str]
    """Its name in AWS."""
    dead_letter_queue_name: pulumi.Input[str]
    """Name of its dead-letter queue."""


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
