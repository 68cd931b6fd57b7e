"""FunctionSchedule: invokes a function on a schedule (rate, cron or once) with EventBridge Scheduler."""

from typing import Any, Unpack, cast, overload

import pulumi
import pulumi_aws as aws

from ..arguments.names import suffixed
from ..arguments.shape import NOT_GIVEN, given_args, outputs_of
from ..arguments.tags import with_tags
from ..events.dead_letter_queue import create_dead_letters, refuse_plain_http
from ..function.invocation_target import invocation_target
from ..monitoring.alarm import Metric, Topics, create_alarm
from .args import FunctionScheduleArgs, check_schedule, payload
from .role import create_role


class FunctionSchedule(pulumi.ComponentResource):
    """Invokes a function on a schedule: EventBridge Scheduler, its role, a dead-letter queue and an alarm.

    The role may only invoke this function and send to this queue. By default Scheduler retries an invocation for a day;
    then it goes to the dead-letter queue and raises an alarm. This covers only the delivery: failures of the function
    itself raise the function's own alarms.
    """

    schedule_name: pulumi.Output[str]
    """Name of the schedule."""
    schedule_arn: pulumi.Output[str]
    """ARN of the schedule."""
    role_name: pulumi.Output[str]
    """Name of its role."""
    dead_letter_queue_url: pulumi.Output[str]
    """URL of the dead-letter queue."""
    dead_letter_queue_name: pulumi.Output[str]
    """Name of the dead-letter queue."""

    @overload
    def __init__(
        self, name: str, args: FunctionScheduleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None: ...
    @overload
    def __init__(
        self,
        name: str,
        *,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Unpack[FunctionScheduleArgs],
    ) -> None: ...
    def __init__(
        self,
        name: str,
        args: FunctionScheduleArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        args = given_args(FunctionScheduleArgs, args, keywords)
        check_schedule(args)
        super().__init__("kinexus:index:FunctionSchedule", name, None, with_tags(opts, args))
        child = pulumi.ResourceOptions(parent=self)
        target = invocation_target("FunctionSchedule", args["function"], args.get("alias")).arn
        own_name = suffixed(args.get("schedule_name"), "-schedule")
        account = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self)).account_id

        dead_letters = create_dead_letters(
            f"{name}-dead-letters",
            None if own_name is None else own_name.apply(_queue_name),
            args.get("key_arn"),
            child,
        )
        refuse_plain_http(f"{name}-dead-letters-policy", dead_letters, child)
        role, policy = create_role(name, own_name, args, target, dead_letters, account, child)
        schedule = aws.scheduler.Schedule(
            f"{name}-schedule",
            name=args.get("schedule_name"),
            description=args.get("description"),
            state="ENABLED" if args.get("enabled", True) else "DISABLED",
            schedule_expression=args["expression"],
            schedule_expression_timezone=args.get("timezone", "UTC"),
            flexible_time_window=pulumi.Output.from_input(args.get("window_minutes", 0)).apply(_window),
            target={
                "arn": target,
                "role_arn": role.arn,
                "input": payload(args),
                "retry_policy": {
                    "maximum_event_age_in_seconds": args.get("delivery_age_seconds", 24 * 3600),
                    "maximum_retry_attempts": args.get("delivery_retries", 185),
                },
                "dead_letter_config": {"arn": dead_letters.arn},
            },
            # The policy must exist first: the schedule may start at once.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        create_alarm(
            self,
            f"{name}-dead-letters-alarm",
            suffixed(own_name, "-dead-letters"),
            Metric(
                "AWS/SQS",
                "ApproximateNumberOfMessagesVisible",
                {"QueueName": dead_letters.name},
                "Maximum",
                60,
            ),
            1,
            "Scheduler could not invoke the function. The message in the dead-letter queue says why. Remove the cause, "
            "then invoke the function by hand.",
            cast(Topics, args.get("alarm_topic_arns", [])),
        )

        self.schedule_name = schedule.name
        self.schedule_arn = schedule.arn
        self.role_name = role.name
        self.dead_letter_queue_url = dead_letters.url
        self.dead_letter_queue_name = dead_letters.name
        self.register_outputs(outputs_of(self))


def _queue_name(name: str) -> str:
    """Return the name of the dead-letter queue, without dots, which SQS does not allow."""
    return f"{name.replace('.', '-')}-dead-letters"


def _window(minutes: float) -> dict[str, Any]:
    """Return the flexible time window; OFF for 0 minutes."""
    if minutes == 0:
        return {"mode": "OFF"}
    return {"mode": "FLEXIBLE", "maximum_window_in_minutes": int(minutes)}
