"""What FunctionSchedule wants to know, and what it refuses."""

import re
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from ..arguments.validation import check_arn, check_fields, check_key, check_range, known_value, reject

EXPRESSION = (
    r"(rate\([1-9]\d* (minute|hour|day)s?\)|cron\((\S+ ){5}\S+\)|at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\))"
)
"""The expressions that Scheduler knows."""


class FunctionScheduleArgs(TypedDict):
    """When which function runs, and what becomes of calls that do not reach it."""

    schedule_name: pulumi.Input[str]
    """Name of the schedule in AWS, up to 55 characters; its role adds `-schedule`, its dead-letter queue
    `-schedule-dead-letters`."""
    expression: pulumi.Input[str]
    """`rate(1 day)`, `cron(30 4 * * ? *)` or `at(2027-01-31T04:30:00)`."""
    function: pulumi.Input[aws.lambda_.Function]
    """The function; it may be called twice for one time."""
    alias: NotRequired[pulumi.Input[str]]
    """Alias of the function to call; the function as it is now by default."""
    payload: NotRequired[dict[str, Any]]
    """What the function gets as its event; an empty object by default."""
    timezone: NotRequired[pulumi.Input[str]]
    """Where the clock of `cron` and `at` hangs, e.g. `Europe/Berlin`; UTC by default."""
    window_minutes: NotRequired[pulumi.Input[int]]
    """How much later than the time it may run, 1 to 1440, so that not everything runs at once, or 0 for the exact
    time; 15 by default."""
    enabled: NotRequired[bool]
    """Whether it runs; true by default, false keeps the schedule and pauses it."""
    delivery_retries: NotRequired[int]
    """Tries of Scheduler to hand the call over, after the first, 0 to 185; 185 by default. What fails is a dead
    letter."""
    delivery_age_seconds: NotRequired[int]
    """How long Scheduler tries, 60 to 86400; a day by default."""
    alarm_topic_arns: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Topics that hear of a call that was given up; none by default."""
    key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts the dead-letter queue; SQS's own by default. The schedule's role may then use it."""
    permissions_boundary: NotRequired[pulumi.Input[str]]
    """ARN of the policy that bounds the role, where an organisation demands one."""
    description: NotRequired[pulumi.Input[str]]
    """What the schedule is for, as AWS shows it."""


def check_schedule(args: FunctionScheduleArgs) -> None:
    """Refuse what AWS would refuse minutes later."""
    component = "FunctionSchedule"
    check_fields(component, args, FunctionScheduleArgs)
    check_range(component, "window_minutes", args.get("window_minutes"), 0, 1440)
    check_range(component, "delivery_retries", args.get("delivery_retries"), 0, 185)
    check_range(component, "delivery_age_seconds", args.get("delivery_age_seconds"), 60, 86400)
    check_arn(component, "permissions_boundary", args.get("permissions_boundary"), "iam")
    check_key(component, "key_arn", args.get("key_arn"))
    for topic in known_value(args.get("alarm_topic_arns")) or []:
        check_arn(component, "alarm_topic_arns", topic, "sns")
    expression = known_value(args["expression"])
    if expression is not None and not re.fullmatch(EXPRESSION, expression):
        reject(component, "expression", f"is {expression!r}", "Write rate(1 day) or cron(30 4 * * ? *).")
    name = known_value(args["schedule_name"])
    if name is not None and not re.fullmatch(r"[A-Za-z0-9_.-]{1,55}", name):
        reject(component, "schedule_name", f"is {name!r}", "Use 1 to 55 letters, digits, `_`, `.` and `-`.")
