"""A function that is watched: four alarms, one of them on what it logs, and more on other lines of its log."""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from .alarm import Metric, create_alarm

_NEAR_TIMEOUT = 0.8
ERROR_LINES = '{ $.level = "ERROR" }'
"""Filter for the lines that Lambda's JSON log format marks as errors."""
ALARMS_OF_EACH = ("errors", "throttles", "duration", "failures")
"""What the alarms are called that every function has."""


class WatchedLine(TypedDict):
    """A line of a function's log that raises an alarm of its own."""

    label: str
    """Short name, unique within the function, and none of its own alarms'; part of the alarm's name."""
    pattern: str
    """Filter for the line."""
    words: str
    """What the alarm says: what happened, and what to do."""
    field: NotRequired[str]
    """Field of the line with a number: the alarm is on the largest one of a period. By default it is on how many
    lines there are."""
    at_least: NotRequired[int]
    """Number that raises the alarm; 1 by default."""
    period_seconds: NotRequired[int]
    """How long a period is, a multiple of 60; 300 by default."""


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
    watched_lines: NotRequired[list[WatchedLine]]
    """Further lines of its log that raise alarms; none by default."""


def watch_function(
    parent: pulumi.Resource,
    name: str,
    system: pulumi.Input[str],
    function: WatchedFunction,
    topics: pulumi.Input[list[pulumi.Input[str]]],
) -> None:
    """Raise the four alarms of a function at `topics`, and those of its watched lines."""
    label, own = function["label"], {"FunctionName": function["function_name"]}
    log_group, failures = function["log_group_name"], f"{label}Failures"
    pattern = function.get("failure_pattern", ERROR_LINES)
    _count_lines(parent, f"{name}-{label}-failures", system, failures, pattern, log_group)
    near = int(function["timeout_seconds"] * 1000 * _NEAR_TIMEOUT)
    for kind, metric, at_least, words in (
        ("errors", Metric("AWS/Lambda", "Errors", own), 1, "it raised, or ran out of time or memory."),
        ("throttles", Metric("AWS/Lambda", "Throttles", own), 1, "the concurrency it may use is used up."),
        ("duration", Metric("AWS/Lambda", "Duration", own, "Maximum"), near, "it nearly ran out of time."),
        ("failures", Metric(system, failures, {}), 1, "it logged a failure; its log group says which."),
    ):
        create_alarm(
            parent,
            f"{name}-{label}-{kind}-alarm",
            pulumi.Output.concat(system, f"-{label}-{kind}"),
            metric,
            at_least,
            f"{label}: {words}",
            topics,
        )
    for line in function.get("watched_lines", []):
        own_name = f"{label}-{line['label']}"
        field, pattern = line.get("field", ""), line["pattern"]
        _count_lines(parent, f"{name}-{own_name}", system, own_name, pattern, log_group, field)
        statistic, period = "Maximum" if field else "Sum", line.get("period_seconds", 300)
        create_alarm(
            parent,
            f"{name}-{own_name}-alarm",
            pulumi.Output.concat(system, f"-{own_name}"),
            Metric(system, own_name, {}, statistic, period),
            line.get("at_least", 1),
            f"{label}: {line['words']}",
            topics,
        )


def _count_lines(
    parent: pulumi.Resource,
    logical_name: str,
    system: pulumi.Input[str],
    metric: str,
    pattern: str,
    log_group: pulumi.Input[str],
    field: str = "",
) -> None:
    """Make a metric of how many lines of a log a filter finds, or of a field of theirs."""
    value = f"$.{field}" if field else "1"
    aws.cloudwatch.LogMetricFilter(
        logical_name,
        name=metric,
        log_group_name=log_group,
        pattern=pattern,
        metric_transformation={"name": metric, "namespace": system, "value": value, "default_value": "0"},
        opts=pulumi.ResourceOptions(parent=parent),
    )
