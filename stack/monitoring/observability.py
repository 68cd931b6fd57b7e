"""Observability: alarms, an SNS topic for them, and a dashboard for functions, queues and an API."""

import json
import re
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from ..arguments.names import name_in_stack
from ..arguments.tags import check_tags, with_tags
from ..arguments.validation import (
    check_arn,
    check_fields,
    check_range,
    check_text,
    known_value,
    reject,
)
from . import dashboard
from .alarm import Metric, create_alarm
from .alarm_topic import create_topic
from .function_alarms import ALARMS_OF_EACH, WatchedFunction, WatchedLine, watch_function
from .queue_alarms import WatchedQueue, watch_queue


class ObservabilityArgs(TypedDict):
    """What is watched, and who gets the alarms."""

    functions: list[WatchedFunction]
    """Functions to watch."""
    system_name: NotRequired[pulumi.Input[str]]
    """Name of the dashboard and of the namespace of metrics, and prefix of the names of topic and alarms. By default it
    is made of the names of project, stack and component."""
    queues: NotRequired[list[WatchedQueue]]
    """Queues on the dashboard, with alarms only for those without an EventSubscription; none by default."""
    api_id: NotRequired[pulumi.Input[str]]
    """Id of the HTTP API to watch; needs `api_stage`."""
    api_stage: NotRequired[pulumi.Input[str]]
    """Stage of that API."""
    surge_of_refusals: NotRequired[int]
    """Number of 4xx responses within five minutes that raises the alarm; 50 by default."""
    alarm_email: NotRequired[pulumi.Input[str]]
    """E-mail address that gets the alarms once it has confirmed the subscription; none by default."""
    alarm_topic_arn: NotRequired[pulumi.Input[str]]
    """Existing SNS topic for the alarms; its policy must allow CloudWatch to publish. By default one is created."""
    topic_key_arn: NotRequired[pulumi.Input[str]]
    """Customer managed KMS key that encrypts the topic; its policy must allow CloudWatch to use it. None by default,
    because CloudWatch cannot publish to a topic that is encrypted with AWS's own key for SNS."""
    tags: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Tags of everything that the component creates; none by default. For the whole stack use `tag_stack`."""


class Observability(pulumi.ComponentResource):
    """Alarms on functions, queues and an API, an SNS topic that they notify, and a dashboard.

    Alarms: a function fails, is throttled, runs near its timeout, or logs a failure or a watched line; the API answers
    5xx, or many times 4xx; a dead-letter queue has a message, or a message waits too long.
    """

    topic_arn: pulumi.Output[str]
    """SNS topic that every alarm notifies."""
    dashboard_name: pulumi.Output[str]
    """Name of the dashboard."""

    def __init__(
        self, name: str, args: ObservabilityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        _check(args)
        super().__init__("kinexus:index:Observability", name, None, with_tags(opts, args))
        self._child = pulumi.ResourceOptions(parent=self)
        self._system = args.get("system_name") or name_in_stack(name, 200)
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
            dashboard_name=self._system,
            dashboard_body=self._dashboard(args),
            opts=self._child,
        )
        self.dashboard_name = board.dashboard_name
        self.register_outputs({"topicArn": self.topic_arn, "dashboardName": self.dashboard_name})

    def _watch_queue(self, name: str, queue: WatchedQueue, age_seconds: int) -> None:
        """Create the two alarms of a queue."""
        label = queue["label"]
        own_name = pulumi.Output.concat(self._system, f"-{label}")
        queue_name, dead_letters = queue["queue_name"], queue["dead_letter_queue_name"]
        watch_queue(
            self, f"{name}-{label}-queue", own_name, queue_name, dead_letters, [self.topic_arn], age_seconds
        )

    def _watch_api(self, name: str, args: ObservabilityArgs) -> None:
        """Create the two alarms of the API."""
        own = {"ApiId": args["api_id"], "Stage": args["api_stage"]}
        surge = args.get("surge_of_refusals", 50)
        self._alarm(
            name, "api-5xx", Metric("AWS/ApiGateway", "5xx", own), 1,
            "The API answered with a server error (5xx). Read its access log.",
        )  # fmt: skip
        self._alarm(
            name, "api-4xx", Metric("AWS/ApiGateway", "4xx", own), surge,
            "The API rejected many requests (4xx): a webhook secret may be wrong, or someone may be probing the API. "
            "Read its access log.",
        )  # fmt: skip

    def _alarm(self, name: str, suffix: str, metric: Metric, at_least: int, description: str) -> None:
        """Create one alarm that notifies the topic."""
        full = pulumi.Output.concat(self._system, f"-{suffix}")
        create_alarm(self, f"{name}-{suffix}-alarm", full, metric, at_least, description, [self.topic_arn])

    def _dashboard(self, args: ObservabilityArgs) -> pulumi.Output[str]:
        """Return the dashboard body with charts for the API, the functions and the queues."""
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
    """Return the dashboard body as JSON, from the known names."""
    region = known["topic"].split(":")[3]
    rows = dashboard.chart_rows(known["system"], known["functions"], known["queues"], known["api"])
    return json.dumps(dashboard.dashboard_body(region, rows))


def _check(args: ObservabilityArgs) -> None:
    """Raise InvalidArgument for labels that are invalid or used twice, and for arguments that contradict each other."""
    component = "Observability"
    check_fields(component, args, ObservabilityArgs)
    check_tags(component, args.get("tags"))
    fix = "Use 1 to 200 letters, digits, `-` and `_`: the dashboard and the topic are named after it."
    check_text(component, "system_name", args.get("system_name"), r"[A-Za-z0-9_-]{1,200}", fix)
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
                fix = "Use 1 to 60 characters without `:`, `*` and `$`: alarms, filters and metrics are named after it."
                reject(component, field, f"have the label {label!r}", fix)
        twice = sorted({label for label in labels if labels.count(label) > 1})
        if twice:
            reject(component, field, f"have the label {twice[0]!r} twice", "Give each a unique label.")
    for function in args["functions"]:
        check_range(
            component, f"functions: {function['label']}: timeout_seconds", function["timeout_seconds"], 1, 900
        )
    if ("api_id" in args) != ("api_stage" in args):
        reject(component, "api_id", "and `api_stage` need each other", "Give both, or neither.")
    check_range(component, "surge_of_refusals", args.get("surge_of_refusals"), 1, 1_000_000)
    for field in ("alarm_email", "topic_key_arn"):
        if "alarm_topic_arn" in args and args.get(field):
            rule = f"and `{field}` exclude each other"
            reject(
                component,
                "alarm_topic_arn",
                rule,
                f"Leave `{field}` out, and subscribe to or encrypt your topic where you create it.",
            )
    check_arn(component, "alarm_topic_arn", args.get("alarm_topic_arn"), "sns")
    fix = "Write an e-mail address, e.g. oncall@example.com."
    check_text(component, "alarm_email", args.get("alarm_email"), r"([^@\s]+@[^@\s]+\.[^@\s]+)?", fix)
    if str(known_value(args.get("topic_key_arn")) or "").endswith("alias/aws/sns"):
        reject(
            component, "topic_key_arn", "is AWS's own key for SNS, with which CloudWatch cannot publish to the topic",
            "Give a customer managed key that `cloudwatch.amazonaws.com` may use, or leave it out.",
        )  # fmt: skip
    check_arn(component, "topic_key_arn", args.get("topic_key_arn"), "kms")
