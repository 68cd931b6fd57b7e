"""Alarms, a topic that carries them, and a dashboard, over functions, queues and an API."""

import json
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from stack import dashboard
from stack.alarm import Metric, alarm
from stack.arguments import check_fields, refuse

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


class WatchedQueue(TypedDict):
    """A queue to show; its alarms belong to EventSubscription."""

    label: str
    """Short name, as the dashboard shows it."""
    queue_name: pulumi.Input[str]
    """Its name in AWS."""
    dead_letter_queue_name: pulumi.Input[str]
    """Name of its dead-letter queue."""


class ObservabilityArgs(TypedDict):
    """What is watched, and who hears of it."""

    system_name: pulumi.Input[str]
    """What dashboard and topic are called, and what alarms' names start with."""
    functions: list[WatchedFunction]
    """Functions to watch."""
    queues: NotRequired[list[WatchedQueue]]
    """Queues to show; none by default."""
    api_id: NotRequired[pulumi.Input[str]]
    """HTTP API to watch; needs `api_stage`."""
    api_stage: NotRequired[pulumi.Input[str]]
    """Its stage."""
    surge_of_refusals: NotRequired[int]
    """Answers 4xx within five minutes that raise the alarm; 50 by default."""
    alarm_email: NotRequired[str]
    """Address that gets the alarms once it has confirmed the subscription; nobody by default."""
    topic_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key of your own that encrypts the topic, and that lets CloudWatch use it; none by default, since
    CloudWatch cannot write to a topic under AWS's own key for SNS."""


class Observability(pulumi.ComponentResource):
    """A topic, alarms with actions for what hurts, and one dashboard.

    Alarms: a function raises, is throttled, runs near its timeout, or logs a failure; the API answers 5xx, or
    4xx in a surge.
    """

    topic_arn: pulumi.Output[str]
    """Topic that every alarm goes to."""
    dashboard_name: pulumi.Output[str]
    """Name of the dashboard."""

    def __init__(
        self, name: str, args: ObservabilityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        _check(args)
        super().__init__("kinexus:index:Observability", name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self._system = args["system_name"]
        self.topic_arn = self._topic(name, args)
        for function in args["functions"]:
            self._watch_function(name, function)
        if "api_id" in args:
            self._watch_api(name, args)
        board = aws.cloudwatch.Dashboard(
            f"{name}-dashboard",
            dashboard_name=args["system_name"],
            dashboard_body=self._dashboard(args),
            opts=self._child,
        )
        self.dashboard_name = board.dashboard_name
        self.register_outputs({"topicArn": self.topic_arn, "dashboardName": self.dashboard_name})

    def _topic(self, name: str, args: ObservabilityArgs) -> pulumi.Output[str]:
        """Create the topic that CloudWatch of this account may write to, and nobody else."""
        topic = aws.sns.Topic(
            f"{name}-topic",
            name=pulumi.Output.concat(self._system, "-alarms"),
            kms_master_key_id=args.get("topic_key_arn"),
            opts=self._child,
        )
        aws.sns.TopicPolicy(
            f"{name}-topic-policy",
            arn=topic.arn,
            policy=pulumi.Output.json_dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Sid": "AlarmsOfThisAccount",
                            "Effect": "Allow",
                            "Principal": {"Service": "cloudwatch.amazonaws.com"},
                            "Action": "sns:Publish",
                            "Resource": topic.arn,
                            "Condition": {"StringEquals": {"aws:SourceAccount": topic.arn.apply(_account)}},
                        }
                    ],
                }
            ),
            opts=self._child,
        )
        if args.get("alarm_email"):
            aws.sns.TopicSubscription(
                f"{name}-email",
                topic=topic.arn,
                protocol="email",
                endpoint=args["alarm_email"],
                opts=self._child,
            )
        arn: pulumi.Output[str] = topic.arn
        return arn

    def _watch_function(self, name: str, function: WatchedFunction) -> None:
        """Raise the four alarms of a function."""
        label, own = function["label"], {"FunctionName": function["function_name"]}
        failures = f"{label}Failures"
        aws.cloudwatch.LogMetricFilter(
            f"{name}-{label}-failures",
            name=failures,
            log_group_name=function["log_group_name"],
            pattern=function.get("failure_pattern", ERROR_LINES),
            metric_transformation={
                "name": failures,
                "namespace": self._system,
                "value": "1",
                "default_value": "0",
            },
            opts=self._child,
        )
        near = int(function["timeout_seconds"] * 1000 * _NEAR_TIMEOUT)
        for kind, metric, at_least, words in (
            ("errors", Metric("AWS/Lambda", "Errors", own), 1, "it raised, or ran out of time or memory."),
            (
                "throttles",
                Metric("AWS/Lambda", "Throttles", own),
                1,
                "the concurrency it may use is used up.",
            ),
            (
                "duration",
                Metric("AWS/Lambda", "Duration", own, "Maximum"),
                near,
                "it nearly ran out of time.",
            ),
            (
                "failures",
                Metric(self._system, failures, {}),
                1,
                "it logged a failure; its log group says which.",
            ),
        ):
            self._alarm(name, f"{label}-{kind}", metric, at_least, f"{label}: {words}")

    def _watch_api(self, name: str, args: ObservabilityArgs) -> None:
        """Raise the two alarms of the API."""
        own = {"ApiId": args["api_id"], "Stage": args["api_stage"]}
        surge = args.get("surge_of_refusals", 50)
        self._alarm(
            name, "api-5xx", Metric("AWS/ApiGateway", "5xx", own), 1, "The API failed; read its access log."
        )
        self._alarm(
            name, "api-4xx", Metric("AWS/ApiGateway", "4xx", own), surge,
            "The API refuses many requests: a wrong signature, or someone is trying doors.",
        )  # fmt: skip

    def _alarm(self, name: str, suffix: str, metric: Metric, at_least: int, words: str) -> None:
        """Raise one alarm at the topic."""
        full = pulumi.Output.concat(self._system, f"-{suffix}")
        alarm(self, f"{name}-{suffix}-alarm", full, metric, at_least, words, [self.topic_arn])

    def _dashboard(self, args: ObservabilityArgs) -> pulumi.Output[str]:
        """Write the dashboard: the API, the functions, the queues, the failures."""
        known = pulumi.Output.all(
            topic=self.topic_arn,
            system=self._system,
            functions=[(f["label"], f["function_name"]) for f in args["functions"]],
            queues=[
                (q["label"], q["queue_name"], q["dead_letter_queue_name"]) for q in args.get("queues", [])
            ],
            api=[args["api_id"], args["api_stage"]] if "api_id" in args else [],
        )
        return known.apply(_dashboard_text)


def _dashboard_text(known: dict[str, Any]) -> str:
    """Write the dashboard's body once all names are known."""
    region = known["topic"].split(":")[3]
    rows = dashboard.rows(known["system"], known["functions"], known["queues"], known["api"])
    return json.dumps(dashboard.body(region, rows))


def _account(arn: str) -> str:
    """Read the account from an ARN."""
    return arn.split(":")[4]


def _check(args: ObservabilityArgs) -> None:
    """Refuse labels that collide, and half an API."""
    component = "Observability"
    check_fields(component, args, ObservabilityArgs)
    for function in args["functions"]:
        check_fields(f"{component}.functions", function, WatchedFunction)
    for queue in args.get("queues", []):
        check_fields(f"{component}.queues", queue, WatchedQueue)
    labels = [function["label"] for function in args["functions"]]
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        refuse(component, "functions", f"have the label {twice[0]!r} twice", "Give each a label of its own.")
    if ("api_id" in args) != ("api_stage" in args):
        refuse(component, "api_id", "and `api_stage` need each other", "Give both or none.")
