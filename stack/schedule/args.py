"""The arguments of FunctionSchedule and their validation."""

from typing import Any, NotRequired, TypedDict

import pulumi

from ..arguments.known_later import to_json
from ..arguments.stand_ins import AnyFunction, TopicArn
from ..arguments.tags import check_tags
from ..arguments.validation import (
    check_arn,
    check_fields,
    check_key,
    check_range,
    check_text,
    known_value,
    when_known,
)
from .expression import check_expression, check_timezone


class FunctionScheduleArgs(TypedDict):
    """Which function runs when, and how failed deliveries are handled."""

    expression: pulumi.Input[str]
    """`rate(1 day)`, `cron(30 4 * * ? *)` or `at(2027-01-31T04:30:00)`."""
    function: pulumi.Input[AnyFunction]
    """The function; it must be idempotent, because it may be invoked twice for one scheduled time."""
    schedule_name: NotRequired[pulumi.Input[str]]
    """Name of the schedule in AWS, up to 55 characters; the role's name adds `-schedule`, the dead-letter queue's name
    `-schedule-dead-letters`. Pulumi chooses names by default."""
    alias: NotRequired[pulumi.Input[str]]
    """Alias of the function to invoke; `$LATEST` by default."""
    payload: NotRequired[pulumi.Input[dict[str, Any]]]
    """Event that the function gets, which may contain outputs; an empty object by default."""
    timezone: NotRequired[pulumi.Input[str]]
    """Time zone of `cron` and `at` expressions, e.g. `Europe/Berlin`; UTC by default."""
    window_minutes: NotRequired[pulumi.Input[int]]
    """Flexible time window: the function runs up to so many minutes after the scheduled time, 1 to 1440; 0 by default,
    for the exact time."""
    enabled: NotRequired[bool]
    """Whether the schedule is active; true by default, false pauses it."""
    delivery_retries: NotRequired[int]
    """Scheduler's retries to invoke the function, 0 to 185; 185 by default. Then the invocation goes to the
    dead-letter queue."""
    delivery_age_seconds: NotRequired[int]
    """How long Scheduler retries, 60 to 86400; 86400 (a day) by default."""
    alarm_topic_arns: NotRequired[pulumi.Input[list[pulumi.Input[TopicArn]]]]
    """SNS topics for the alarm on dead letters; none by default."""
    key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts the dead-letter queue; SQS's own key by default. The schedule's role gets permission to use
    it."""
    permissions_boundary: NotRequired[pulumi.Input[str]]
    """ARN of a permissions boundary for the role; none by default."""
    description: NotRequired[pulumi.Input[str]]
    """Description that AWS shows."""
    tags: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Tags of everything that the component creates; none by default. For the whole stack use `tag_stack`."""


def check_schedule(args: FunctionScheduleArgs) -> None:
    """Raise InvalidArgument for arguments that AWS would reject during the update."""
    component = "FunctionSchedule"
    check_fields(component, args, FunctionScheduleArgs)
    check_tags(component, args.get("tags"))
    check_range(component, "window_minutes", args.get("window_minutes"), 0, 1440)
    check_range(component, "delivery_retries", args.get("delivery_retries"), 0, 185)
    check_range(component, "delivery_age_seconds", args.get("delivery_age_seconds"), 60, 86400)
    check_arn(component, "permissions_boundary", args.get("permissions_boundary"), "iam")
    check_key(component, "key_arn", args.get("key_arn"))
    for topic in known_value(args.get("alarm_topic_arns")) or []:
        check_arn(component, "alarm_topic_arns", topic, "sns")
    when_known(args["expression"], lambda known: check_expression(component, "expression", known))
    when_known(args.get("timezone"), lambda known: check_timezone(component, "timezone", known))
    fix = "Use 1 to 55 letters, digits, `_`, `.` and `-`."
    check_text(component, "schedule_name", args.get("schedule_name"), r"[A-Za-z0-9_.-]{1,55}", fix)
    payload(args)


def payload(args: FunctionScheduleArgs) -> pulumi.Input[str]:
    """Return the payload as JSON. Raises InvalidArgument for what JSON cannot hold."""
    return to_json("FunctionSchedule", "payload", args.get("payload", {}))
