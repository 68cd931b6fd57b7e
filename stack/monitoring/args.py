"""The arguments of Observability and their validation."""

import re
from typing import NotRequired, TypedDict, cast

import pulumi

from ..arguments.stand_ins import ApiId, TopicArn
from ..arguments.tags import check_tags
from ..arguments.validation import (
    check_arn,
    check_fields,
    check_range,
    check_text,
    known_value,
    reject,
)
from .function_alarms import ALARMS_OF_EACH, ChartedLine, WatchedFunction, WatchedLine
from .queue_alarms import WatchedQueue
from .watched_components import FunctionToWatch, QueueToWatch


class ObservabilityArgs(TypedDict):
    """What is watched, and who gets the alarms."""

    functions: NotRequired[list[FunctionToWatch]]
    """Functions to watch; none by default. In Python a PythonFunction stands for an entry labelled with its name."""
    system_name: NotRequired[pulumi.Input[str]]
    """Name of the dashboard and of the namespace of metrics, and prefix of the names of topic and alarms. By default it
    is made of the names of project, stack and component."""
    queues: NotRequired[list[QueueToWatch]]
    """Queues on the dashboard, with alarms only for those without an EventSubscription; none by default. In Python an
    EventSubscription stands for an entry labelled with its name; if its alarms shall go to the same topic, give that
    topic to both."""
    api_id: NotRequired[pulumi.Input[ApiId]]
    """Id of the HTTP API to watch; needs `api_stage`."""
    api_stage: NotRequired[pulumi.Input[str]]
    """Stage of that API."""
    surge_of_refusals: NotRequired[int]
    """Number of 4xx responses within five minutes that raises the alarm; 50 by default."""
    alarm_email: NotRequired[pulumi.Input[str]]
    """E-mail address that gets the alarms once it has confirmed the subscription; none by default."""
    alarm_topic_arn: NotRequired[pulumi.Input[TopicArn]]
    """Existing SNS topic for the alarms; its policy must allow CloudWatch to publish. By default one is created."""
    topic_key_arn: NotRequired[pulumi.Input[str]]
    """Customer managed KMS key that encrypts the topic; its policy must allow CloudWatch to use it. None by default,
    because CloudWatch cannot publish to a topic that is encrypted with AWS's own key for SNS."""
    tags: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Tags of everything that the component creates; none by default. For the whole stack use `tag_stack`."""


_OF_SUBSCRIPTIONS = ("-dead-letters", "-age", "-lost")
"""Endings of the alarms' names of an EventSubscription, a StreamSubscription or a FunctionSchedule."""
_OF_API = ("api-4xx", "api-5xx")


def functions_of(args: ObservabilityArgs) -> list[WatchedFunction]:
    """Return the functions to watch, after components were replaced."""
    return cast(list[WatchedFunction], args.get("functions", []))


def queues_of(args: ObservabilityArgs) -> list[WatchedQueue]:
    """Return the queues to watch, after components were replaced."""
    return cast(list[WatchedQueue], args.get("queues", []))


def check_observability(args: ObservabilityArgs) -> None:
    """Raise InvalidArgument for labels that are invalid or used twice, and for arguments that contradict each other."""
    component = "Observability"
    check_fields(component, args, ObservabilityArgs)
    check_tags(component, args.get("tags"))
    fix = "Use 1 to 200 letters, digits, `-` and `_`: the dashboard and the topic are named after it."
    check_text(component, "system_name", args.get("system_name"), r"[A-Za-z0-9_-]{1,200}", fix)
    for function in functions_of(args):
        check_fields(f"{component}.functions", function, WatchedFunction)
        for line in function.get("watched_lines", []):
            check_fields(f"{component}.functions.watched_lines", line, WatchedLine)
        for charted in function.get("charted_lines", []):
            check_fields(f"{component}.functions.charted_lines", charted, ChartedLine)
    for queue in queues_of(args):
        check_fields(f"{component}.queues", queue, WatchedQueue)
    _check_labels(component, args)
    _check_alarm_names(component, args)
    for function in functions_of(args):
        check_range(
            component, f"functions: {function['label']}: timeout_seconds", function["timeout_seconds"], 1, 900
        )
    if ("api_id" in args) != ("api_stage" in args):
        reject(component, "api_id", "and `api_stage` need each other", "Give both, or neither.")
    check_range(component, "surge_of_refusals", args.get("surge_of_refusals"), 1, 1_000_000)
    _check_topic(component, args)


def _check_labels(component: str, args: ObservabilityArgs) -> None:
    """Raise InvalidArgument for a label that is invalid, or used twice in one place."""
    labelled = {
        "functions": [function["label"] for function in functions_of(args)],
        "queues": [queue["label"] for queue in queues_of(args)],
    }
    for function in functions_of(args):
        lines = [line["label"] for line in function.get("watched_lines", [])]
        lines += [line["label"] for line in function.get("charted_lines", [])]
        labelled[f"functions: {function['label']}: watched_lines"] = [*ALARMS_OF_EACH, *lines]
    for field, labels in labelled.items():
        for label in labels:
            if not re.fullmatch(r"[^:*$\x00-\x1f\x7f]{1,60}", label):
                fix = "Use 1 to 60 characters without `:`, `*` and `$`: alarms, filters and metrics are named after it."
                reject(component, field, f"have the label {label!r}", fix)
        twice = sorted({label for label in labels if labels.count(label) > 1})
        if twice:
            reject(component, field, f"have the label {twice[0]!r} twice", "Give each a unique label.")


def _check_alarm_names(component: str, args: ObservabilityArgs) -> None:
    """Raise InvalidArgument for labels that give two alarms the same name, here or in another component."""
    taken = set(_OF_API) if "api_id" in args else set()
    for function in functions_of(args):
        lines = [line["label"] for line in function.get("watched_lines", [])]
        for label in (*ALARMS_OF_EACH, *lines):
            name = f"{function['label']}-{label}"
            if name in taken:
                rule = f"give two alarms the name {name!r}"
                reject(component, "functions", rule, "Change the label of a function or of a watched line.")
            taken.add(name)
            if name.endswith(_OF_SUBSCRIPTIONS):
                rule = f"have the label {label!r}: an EventSubscription may have an alarm of the same name"
                endings = ", ".join(f"`{one}`" for one in _OF_SUBSCRIPTIONS)
                fix = f"Use a label with which the name does not end in {endings}."
                reject(component, f"functions: {function['label']}: watched_lines", rule, fix)


def _check_topic(component: str, args: ObservabilityArgs) -> None:
    """Raise InvalidArgument for a topic that CloudWatch cannot publish to, or that belongs to someone else."""
    for field in ("alarm_email", "topic_key_arn"):
        if "alarm_topic_arn" in args and args.get(field):
            rule = f"and `{field}` exclude each other"
            fix = f"Leave `{field}` out, and subscribe to or encrypt your topic where you create it."
            reject(component, "alarm_topic_arn", rule, fix)
    check_arn(component, "alarm_topic_arn", args.get("alarm_topic_arn"), "sns")
    fix = "Write an e-mail address, e.g. oncall@example.com."
    check_text(component, "alarm_email", args.get("alarm_email"), r"([^@\s]+@[^@\s]+\.[^@\s]+)?", fix)
    if str(known_value(args.get("topic_key_arn")) or "").endswith("alias/aws/sns"):
        reject(
            component, "topic_key_arn", "is AWS's own key for SNS, with which CloudWatch cannot publish to the topic",
            "Give a customer managed key that `cloudwatch.amazonaws.com` may use, or leave it out.",
        )  # fmt: skip
    check_arn(component, "topic_key_arn", args.get("topic_key_arn"), "kms")
