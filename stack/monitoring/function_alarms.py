"""Alarms on a function: errors, throttles, duration, logged failures, and further log lines."""

from typing import NotRequired, TypedDict, cast

import pulumi
import pulumi_aws as aws

from ..arguments.validation import is_output
from .alarm import Metric, Topics, create_alarm

_NEAR_TIMEOUT = 0.8
ERROR_LINES = '{ $.level = "ERROR" }'
"""Filter pattern for log lines of level ERROR, in Lambda's JSON log format."""
ALARMS_OF_EACH = ("errors", "throttles", "duration", "failures")
"""Name suffixes of the four alarms that every function has."""


class WatchedLine(TypedDict):
    """A log line of a function that raises its own alarm."""

    label: str
    """Short name, unique within the function, not `errors`, `throttles`, `duration` or `failures`; part of the
    alarm's name."""
    pattern: pulumi.Input[str]
    """CloudWatch Logs filter pattern of the line."""
    words: str
    """Description of the alarm: what happened, and what to do."""
    field: NotRequired[str]
    """Numeric field of the line: the alarm is on its maximum in a period. By default it is on the number of lines."""
    at_least: NotRequired[int]
    """Threshold that raises the alarm; 1 by default."""
    period_seconds: NotRequired[int]
    """Length of a period, a multiple of 60; 300 by default."""


class ChartedLine(TypedDict):
    """A log line of a function of which the dashboard shows a numeric field, one point a day."""

    label: str
    """Short name, unique among the charted and watched lines of the function; part of the metric's name."""
    title: str
    """Title of the chart."""
    pattern: pulumi.Input[str]
    """CloudWatch Logs filter pattern of the line; it must match only lines that have the field."""
    field: str
    """Numeric field of the line."""
    statistic: NotRequired[str]
    """Statistic of a day; `Average` by default."""


class WatchedFunction(TypedDict):
    """A function to watch with alarms."""

    label: str
    """Short name, unique among the functions; part of the alarms' names."""
    function_name: pulumi.Input[str]
    """Name of the function in AWS."""
    log_group_name: pulumi.Input[str]
    """Name of its log group."""
    timeout_seconds: pulumi.Input[int]
    """Timeout of the function; a run that takes 80 % of it raises the alarm on duration."""
    failure_pattern: NotRequired[pulumi.Input[str]]
    """CloudWatch Logs filter pattern of log lines that mean a failure; lines of level ERROR by default."""
    watched_lines: NotRequired[list[WatchedLine]]
    """Further log lines that raise alarms; none by default."""
    charted_lines: NotRequired[list[ChartedLine]]
    """Log lines of which the dashboard shows a field; none by default."""


def watch_function(
    parent: pulumi.Resource,
    name: str,
    system: pulumi.Input[str],
    function: WatchedFunction,
    topics: Topics,
) -> None:
    """Create the four alarms of a function and those of its watched lines; all notify `topics`."""
    label, own = function["label"], {"FunctionName": function["function_name"]}
    log_group, failures = function["log_group_name"], f"{label}Failures"
    pattern = function.get("failure_pattern", ERROR_LINES)
    _count_lines(parent, f"{name}-{label}-failures", system, failures, pattern, log_group)
    near = _near(function["timeout_seconds"])
    for kind, metric, at_least, description in (
        (
            "errors",
            Metric("AWS/Lambda", "Errors", own),
            1,
            "the function failed: it raised an exception, timed out or ran out of memory. Read its log.",
        ),
        (
            "throttles",
            Metric("AWS/Lambda", "Throttles", own),
            1,
            "the function was throttled: its reserved concurrency or the account's concurrency is used up.",
        ),
        (
            "duration",
            Metric("AWS/Lambda", "Duration", own, "Maximum"),
            near,
            "a run took at least 80 % of the function's timeout.",
        ),
        ("failures", Metric(system, failures, {}), 1, "the function logged a failure. Read its log."),
    ):
        create_alarm(
            parent,
            f"{name}-{label}-{kind}-alarm",
            pulumi.Output.concat(system, f"-{label}-{kind}"),
            metric,
            at_least,
            f"{label}: {description}",
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


def chart_lines(
    parent: pulumi.Resource, name: str, system: pulumi.Input[str], function: WatchedFunction
) -> None:
    """Create the metrics of a function's charted lines. A day without such a line has no point."""
    for line in function.get("charted_lines", []):
        metric = f"{function['label']}-{line['label']}"
        aws.cloudwatch.LogMetricFilter(
            f"{name}-{metric}",
            name=metric,
            log_group_name=function["log_group_name"],
            pattern=line["pattern"],
            metric_transformation={"name": metric, "namespace": system, "value": f"$.{line['field']}"},
            opts=pulumi.ResourceOptions(parent=parent),
        )


def _near(seconds: pulumi.Input[int]) -> pulumi.Input[int]:
    """Return 80 % of a timeout in milliseconds."""
    if is_output(seconds):
        return pulumi.Output.from_input(seconds).apply(lambda known: int(known * 1000 * _NEAR_TIMEOUT))
    return int(cast(int, seconds) * 1000 * _NEAR_TIMEOUT)


def _count_lines(
    parent: pulumi.Resource,
    logical_name: str,
    system: pulumi.Input[str],
    metric: str,
    pattern: pulumi.Input[str],
    log_group: pulumi.Input[str],
    field: str = "",
) -> None:
    """Create a metric filter that counts the log lines matching a pattern, or reads a numeric field of them."""
    value = f"$.{field}" if field else "1"
    aws.cloudwatch.LogMetricFilter(
        logical_name,
        name=metric,
        log_group_name=log_group,
        pattern=pattern,
        metric_transformation={"name": metric, "namespace": system, "value": value, "default_value": "0"},
        opts=pulumi.ResourceOptions(parent=parent),
    )
