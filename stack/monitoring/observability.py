"""Alarms, a topic that carries them, and a dashboard, over functions, queues and an API."""

import json
import re
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from ..arguments.validation import check_arn, check_fields, check_range, known_value, reject
from . import dashboard
from .alarm import Metric, create_alarm
from .alarm_topic import create_topic
from .function_alarms import ALARMS_OF_EACH, WatchedFunction, WatchedLine, watch_function
from .queue_alarms import WatchedQueue, watch_queue


class ObservabilityArgs(TypedDict):
    """What is watched, and who hears of it."""

    system_name: pulumi.Input[str]
    """What dashboard and topic are called, and what alarms' names start with."""
    functions: list[WatchedFunction]
    """Functions to watch."""
    queues: NotRequired[list[WatchedQueue]]
    """Queues to show, and to watch where no EventSubscription does; none by default."""
    api_id: NotRequired[pulumi.Input[str]]
    """HTTP API to watch; needs `api_stage`."""
    api_stage: NotRequired[pulumi.Input[str]]
    """Its stage."""
    surge_of_refusals: NotRequired[int]
    """Answers 4xx within five minutes that raise the alarm; 50 by default."""
    alarm_email: NotRequired[str]
    """Address that gets the alarms once it has confirmed the subscription; nobody by default."""
    alarm_topic_arn: NotRequired[pulumi.Input[str]]
    """Topic of your own that gets the alarms, and that lets CloudWatch write to it; one is made by default."""
    topic_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key of your own that encrypts the topic, and that lets CloudWatch use it; none by default, since
    CloudWatch cannot write to a topic under AWS's own key for SNS."""


class Observability(pulumi.ComponentResource):
    """A topic, alarms with actions for what hurts, and one dashboard.

    Alarms: a function raises, is throttled, runs near its timeout, or logs a failure or another line that is watched;
    the API answers 5xx, or 4xx in a surge; a queue's work was given up, or waits too long.
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
        self.topic_arn = (
            pulumi.Output.from_input(args["alarm_topic_arn"])
            if "alarm_topic_arn" in args
            else create_topic(
                name, self._system, args.get("topic_key_arn"), args.get("alarm_email", ""), self._child
            )
        )
        for function in args["functions"]:
            watch_function(self, name, self._system, function, [self.topic_arn])
        for queue in args.get("queues", []):
            if "alarm_age_seconds" in queue:
                self._watch_queue(name, queue, queue["alarm_age_seconds"])
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

    def _watch_queue(self, name: str, queue: WatchedQueue, age_seconds: int) -> None:
        """Raise the two alarms of a queue."""
        label = queue["label"]
        own_name = pulumi.Output.concat(self._system, f"-{label}")
        queue_name, given_up = queue["queue_name"], queue["dead_letter_queue_name"]
        watch_queue(
            self, f"{name}-{label}-queue", own_name, queue_name, given_up, [self.topic_arn], age_seconds
        )

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
        create_alarm(self, f"{name}-{suffix}-alarm", full, metric, at_least, words, [self.topic_arn])

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
    rows = dashboard.chart_rows(known["system"], known["functions"], known["queues"], known["api"])
    return json.dumps(dashboard.dashboard_body(region, rows))


def _check(args: ObservabilityArgs) -> None:
    """Refuse labels that collide, and half an API."""
    component = "Observability"
    check_fields(component, args, ObservabilityArgs)
    system = known_value(args["system_name"])
    if system is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,200}", system):
        fix = "Use letters, digits, `-` and `_`: dashboard and topic are named after it."
        reject(component, "system_name", f"is {system!r}", fix)
    for function in args["functions"]:
        check_fields(f"{component}.functions", function, WatchedFunction)
        for line in function.get("watched_lines", []):
            check_fields(f"{component}.functions.watched_lines", line, WatchedLine)
    for queue in args.get("queues", []):
        check_fields(f"{component}.queues", queue, WatchedQueue)
    labelled = {
        "functions": [function["label"] for function in args["functions"]],
        "queues": [queue["label"] for queue in args.get("queues", [])],
    }
    for function in args["functions"]:
        lines = [line["label"] for line in function.get("watched_lines", [])]
        labelled[f"functions: {function['label']}: watched_lines"] = [*ALARMS_OF_EACH, *lines]
    for field, labels in labelled.items():
        for label in labels:
            if not re.fullmatch(r"[^:*$\x00-\x1f\x7f]{1,60}", label):
                fix = "Use up to 60 signs without `:`, `*` and `$`: alarms, filters and metrics are named after it."
                reject(component, field, f"have the label {label!r}", fix)
        twice = sorted({label for label in labels if labels.count(label) > 1})
        if twice:
            reject(component, field, f"have the label {twice[0]!r} twice", "Give each a label of its own.")
    for function in args["functions"]:
        check_range(
            component, f"functions: {function['label']}: timeout_seconds", function["timeout_seconds"], 1, 900
        )
    if ("api_id" in args) != ("api_stage" in args):
        reject(component, "api_id", "and `api_stage` need each other", "Give both or none.")
    check_range(component, "surge_of_refusals", args.get("surge_of_refusals"), 1, 1_000_000)
    for field in ("alarm_email", "topic_key_arn"):
        if "alarm_topic_arn" in args and args.get(field):
            rule = f"and `{field}` exclude each other"
            reject(
                component,
                "alarm_topic_arn",
                rule,
                "The topic is yours: subscribe and encrypt it where it is made.",
            )
    check_arn(component, "alarm_topic_arn", args.get("alarm_topic_arn"), "sns")
    email = args.get("alarm_email")
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        reject(component, "alarm_email", f"is {email!r}", "Write an address: oncall@example.com.")
    if str(known_value(args.get("topic_key_arn")) or "").endswith("alias/aws/sns"):
        reject(
            component, "topic_key_arn", "is AWS's own key, with which CloudWatch cannot write to the topic",
            "Give a key of your own that lets `cloudwatch.amazonaws.com` use it, or none.",
        )  # fmt: skip
    check_arn(component, "topic_key_arn", args.get("topic_key_arn"), "kms")
