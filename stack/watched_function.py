"""A function that is watched: four alarms, one of them on what it logs."""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from stack.alarm import Metric, alarm

_NEAR_TIMEOUT = 0.8
ERROR_LINES = '{ $.level = "ERROR" }'
"""Filter for the lines that Lambda's JSON log format marks as errors."""


class WatchedFunction(TypedDict):
    """A function to watch."""

    label: str
    """Short name, unique here; part of the alarms' names."""
    function_name: pulumi.Input[str]
    """Its name in AWS."""
    log_group_name: pulumi.Input[str]
    """Its log group."""
    timeout_seconds: int
    """Its longest run; the alarm comes at four fifths of it."""
    failure_pattern: NotRequired[str]
    """Filter for lines of its log that mean a failure; lines of level ERROR by default."""


def watch_function(
    parent: pulumi.Resource,
    name: str,
    system: pulumi.Input[str],
    function: WatchedFunction,
    topics: pulumi.Input[list[pulumi.Input[str]]],
) -> None:
    """Raise the four alarms of a function at `topics`."""
    label, own = function["label"], {"FunctionName": function["function_name"]}
    failures = f"{label}Failures"
    aws.cloudwatch.LogMetricFilter(
        f"{name}-{label}-failures",
        name=failures,
        log_group_name=function["log_group_name"],
        pattern=function.get("failure_pattern", ERROR_LINES),
        metric_transformation={
            "name": failures,
            "namespace": system,
            "value": "1",
            "default_value": "0",
        },
        opts=pulumi.ResourceOptions(parent=parent),
    )
    near = int(function["timeout_seconds"] * 1000 * _NEAR_TIMEOUT)
    for kind, metric, at_least, words in (
        ("errors", Metric("AWS/Lambda", "Errors", own), 1, "it raised, or ran out of time or memory."),
        ("throttles", Metric("AWS/Lambda", "Throttles", own), 1, "the concurrency it may use is used up."),
        ("duration", Metric("AWS/Lambda", "Duration", own, "Maximum"), near, "it nearly ran out of time."),
        ("failures", Metric(system, failures, {}), 1, "it logged a failure; its log group says which."),
    ):
        alarm(
            parent,
            f"{name}-{label}-{kind}-alarm",
            pulumi.Output.concat(system, f"-{label}-{kind}"),
            metric,
            at_least,
            f"{label}: {words}",
            topics,
        )
