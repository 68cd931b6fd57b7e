"""A function that runs by the clock."""

import json
import re
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from stack.arguments import check_arn, check_fields, check_range, known, refuse
from stack.function_alias import through_alias
from stack.policy import document, statement

EXPRESSION = (
    r"(rate\([1-9]\d* (minute|hour|day)s?\)|cron\((\S+ ){5}\S+\)|at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\))"
)

"""The expressions that Scheduler knows."""


class FunctionScheduleArgs(TypedDict):
    """When which function runs."""

    schedule_name: pulumi.Input[str]
    """Name of the schedule in AWS, up to 55 characters; its role adds `-schedule`."""
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
    """How much later than the time it may run, 1 to 1440, so that not everything runs at once; 15 by default."""
    permissions_boundary: NotRequired[pulumi.Input[str]]
    """ARN of the policy that bounds the role, where an organisation demands one."""
    description: NotRequired[pulumi.Input[str]]
    """What the schedule is for, as AWS shows it."""


class FunctionSchedule(pulumi.ComponentResource):
    """A schedule of EventBridge Scheduler and its own role, which may invoke this one function and nothing else.

    Scheduler tries for a day to hand the call over; whether the function then succeeds, its own alarms tell.
    """

    schedule_name: pulumi.Output[str]
    """Name of the schedule."""
    schedule_arn: pulumi.Output[str]
    """ARN of the schedule."""
    role_name: pulumi.Output[str]
    """Name of its role."""

    def __init__(
        self, name: str, args: FunctionScheduleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        _check(args)
        super().__init__("kinexus:index:FunctionSchedule", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        arn = pulumi.Output.from_input(args["function"]).apply(lambda found: found.arn)
        function = pulumi.Output.all(arn, args.get("alias", "")).apply(through_alias)
        role_name = pulumi.Output.concat(args["schedule_name"], "-schedule")
        account = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self)).account_id

        role = aws.iam.Role(
            f"{name}-role",
            name=role_name,
            assume_role_policy=_trust(account),
            permissions_boundary=args.get("permissions_boundary"),
            opts=child,
        )
        policy = aws.iam.RolePolicy(
            f"{name}-policy",
            name=role_name,
            role=role.name,
            policy=document([statement(["lambda:InvokeFunction"], function)]),
            opts=child,
        )
        schedule = aws.scheduler.Schedule(
            f"{name}-schedule",
            name=args["schedule_name"],
            description=args.get("description"),
            schedule_expression=args["expression"],
            schedule_expression_timezone=args.get("timezone", "UTC"),
            flexible_time_window={
                "mode": "FLEXIBLE",
                "maximum_window_in_minutes": args.get("window_minutes", 15),
            },
            target={
                "arn": function,
                "role_arn": role.arn,
                "input": json.dumps(args.get("payload", {})),
                "retry_policy": {"maximum_event_age_in_seconds": 24 * 3600, "maximum_retry_attempts": 185},
            },
            # The policy first: the first time may be now.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )

        self.schedule_name = schedule.name
        self.schedule_arn = schedule.arn
        self.role_name = role.name
        self.register_outputs(
            {"scheduleName": schedule.name, "scheduleArn": schedule.arn, "roleName": role.name}
        )


def _trust(account: pulumi.Output[str]) -> pulumi.Output[str]:
    """Let the schedules of this account take the role, and those of no other.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    """
    return pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRole",
                    "Principal": {"Service": "scheduler.amazonaws.com"},
                    "Condition": {"StringEquals": {"aws:SourceAccount": account}},
                }
            ],
        }
    )


def _check(args: FunctionScheduleArgs) -> None:
    """Refuse what AWS would refuse minutes later."""
    component = "FunctionSchedule"
    check_fields(component, args, FunctionScheduleArgs)
    check_range(component, "window_minutes", args.get("window_minutes"), 1, 1440)
    check_arn(component, "permissions_boundary", args.get("permissions_boundary"), "iam")
    expression = known(args["expression"])
    if expression is not None and not re.fullmatch(EXPRESSION, expression):
        refuse(component, "expression", f"is {expression!r}", "Write rate(1 day) or cron(30 4 * * ? *).")
    name = known(args["schedule_name"])
    if name is not None and not re.fullmatch(r"[A-Za-z0-9_.-]{1,55}", name):
        refuse(component, "schedule_name", f"is {name!r}", "Use 1 to 55 letters, digits, `_`, `.` and `-`.")
