"""One way to raise an alarm: a metric, a threshold, and words that say what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True)
class Metric:
    """What is watched."""

    namespace: pulumi.Input[str]
    """CloudWatch namespace, e.g. `AWS/SQS`."""
    name: pulumi.Input[str]
    """Name of the metric."""
    dimensions: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Whose metric it is."""
    statistic: str = "Sum"
    """How values of one period become one."""
    period_seconds: int = 300
    """How long a period is."""


def create_alarm(
    parent: pulumi.Resource,
    logical_name: str,
    name: pulumi.Input[str],
    metric: Metric,
    at_least: pulumi.Input[float],
    words: str,
    topics: pulumi.Input[list[pulumi.Input[str]]],
) -> aws.cloudwatch.MetricAlarm:
    """Tell `topics` when a period's value reaches `at_least`, and when it is over; no data is no alarm."""
    settings: dict[str, Any] = {
        "name": name,
        "alarm_description": words,
        "namespace": metric.namespace,
        "metric_name": metric.name,
        "dimensions": metric.dimensions or None,
        "statistic": metric.statistic,
        "period": metric.period_seconds,
        "evaluation_periods": 1,
        "threshold": at_least,
        "comparison_operator": "GreaterThanOrEqualToThreshold",
        "treat_missing_data": "notBreaching",
        "alarm_actions": topics,
        "ok_actions": topics,
    }
    return aws.cloudwatch.MetricAlarm(logical_name, **settings, opts=pulumi.ResourceOptions(parent=parent))
