"""A CloudWatch alarm: a metric, a threshold, and a description that says what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

Topics = pulumi.Input[list[pulumi.Input[str]]]
"""ARNs of the SNS topics that an alarm notifies."""


@dataclass(frozen=True)
class Metric:
    """The metric that an alarm watches."""

    namespace: pulumi.Input[str]
    """CloudWatch namespace, e.g. `AWS/SQS`."""
    name: pulumi.Input[str]
    """Name of the metric."""
    dimensions: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Dimensions of the metric, by name."""
    statistic: str = "Sum"
    """How the values of one period are combined."""
    period_seconds: int = 300
    """Length of a period."""


def create_alarm(
    parent: pulumi.Resource,
    logical_name: str,
    name: pulumi.Input[str] | None,
    metric: Metric,
    at_least: pulumi.Input[float],
    description: str,
    topics: Topics,
) -> aws.cloudwatch.MetricAlarm:
    """Create an alarm that notifies `topics` when a period's value reaches `at_least`, and when it falls below again.

    Pulumi chooses the name for None. A period without data does not raise the alarm.
    """
    settings: dict[str, Any] = {
        "name": name,
        "alarm_description": description,
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
