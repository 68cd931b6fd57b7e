"""Provisioners for CloudWatch: log groups, metric filters, alarms, dashboards."""

from typing import Any

from local.region.input_properties import Properties, pascal
from local.region.provisioner import Aws, Created, provisions
from local.region.resources.iam import tags


@provisions("aws:cloudwatch/logGroup:LogGroup")
def log_group(aws: Aws, p: Properties, name: str) -> Created:
    """Create a log group with its retention."""
    name = p.take("name", name)
    p.ignore("skipDestroy")
    aws("logs").create_log_group(
        logGroupName=name,
        **p.rename(kmsKeyId="kmsKeyId", logGroupClass="logGroupClass"),
        tags=p.take("tags", {}),
    )
    if days := p.take("retentionInDays"):
        aws("logs").put_retention_policy(logGroupName=name, retentionInDays=days)
    return Created(name, {"name": name, "arn": aws.arn("logs", f"log-group:{name}")})


@provisions("aws:cloudwatch/logMetricFilter:LogMetricFilter")
def metric_filter(aws: Aws, p: Properties, name: str) -> Created:
    """Create a metric filter, which counts lines of a log group as a metric."""
    name = p.take("name", name)
    transformation = p.block("metricTransformation").rename(
        metricName="name",
        metricNamespace="namespace",
        metricValue="value",
        defaultValue="defaultValue",
        unit="unit",
        dimensions="dimensions",
    )
    if "defaultValue" in transformation:
        transformation["defaultValue"] = float(transformation["defaultValue"])
    aws("logs").put_metric_filter(
        logGroupName=p.need("logGroupName"),
        filterName=name,
        filterPattern=p.take("pattern", ""),
        metricTransformations=[transformation],
    )
    return Created(name, {"name": name})


@provisions("aws:cloudwatch/metricAlarm:MetricAlarm")
def alarm(aws: Aws, p: Properties, name: str) -> Created:
    """Create an alarm on a metric or on a metric math expression."""
    name = p.take("name", name)
    request: dict[str, Any] = {
        "AlarmName": name,
        **p.rename(
            AlarmDescription="alarmDescription",
            ActionsEnabled="actionsEnabled",
            AlarmActions="alarmActions",
            OKActions="okActions",
            InsufficientDataActions="insufficientDataActions",
            MetricName="metricName",
            Namespace="namespace",
            Statistic="statistic",
            ExtendedStatistic="extendedStatistic",
            Period="period",
            Unit="unit",
            EvaluationPeriods="evaluationPeriods",
            DatapointsToAlarm="datapointsToAlarm",
            Threshold="threshold",
            ThresholdMetricId="thresholdMetricId",
            ComparisonOperator="comparisonOperator",
            TreatMissingData="treatMissingData",
            EvaluateLowSampleCountPercentile="evaluateLowSampleCountPercentiles",
        ),
        "Tags": tags(p),
    }
    if dimensions := p.take("dimensions"):
        request["Dimensions"] = _dimensions(dimensions)
    if queries := [_query(query) for query in p.blocks("metricQueries")]:
        request["Metrics"] = queries
    aws("cloudwatch").put_metric_alarm(**request)
    return Created(name, {"name": name, "arn": aws.arn("cloudwatch", f"alarm:{name}")})


@provisions("aws:cloudwatch/dashboard:Dashboard")
def dashboard(aws: Aws, p: Properties, name: str) -> Created:
    """Create a dashboard."""
    name = p.take("dashboardName", name)
    aws("cloudwatch").put_dashboard(DashboardName=name, DashboardBody=p.need("dashboardBody"))
    return Created(name, {"dashboardArn": f"arn:aws:cloudwatch::{aws.stack.account}:dashboard/{name}"})


def _query(query: Properties) -> dict[str, Any]:
    entry = query.rename(
        Id="id",
        Expression="expression",
        Label="label",
        ReturnData="returnData",
        Period="period",
        AccountId="accountId",
    )
    if metric := query.block("metric"):
        statistic = metric.rename(Period="period", Stat="stat", Unit="unit")
        named = metric.rename(MetricName="metricName", Namespace="namespace")
        if dimensions := metric.take("dimensions"):
            named["Dimensions"] = _dimensions(dimensions)
        entry["MetricStat"] = {"Metric": named, **statistic}
    return entry


def _dimensions(named: dict[str, str]) -> list[dict[str, str]]:
    return [pascal({"name": key, "value": value}) for key, value in named.items()]
