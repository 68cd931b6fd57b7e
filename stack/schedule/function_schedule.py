"""A function that runs by the clock."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

from ..arguments.iam_policy import PolicyStatement, policy_document, statement
from ..events.dead_letter_queue import create_dead_letters
from ..function.invocation_target import invocation_target
from ..monitoring.alarm import Metric, create_alarm
from .args import FunctionScheduleArgs, check_schedule


class FunctionSchedule(pulumi.ComponentResource):
    """A schedule of EventBridge Scheduler, its dead-letter queue, and its own role.

    The role may invoke this one function and send to this one queue, and nothing else. Scheduler tries for a day to
    hand the call over; what it gives up lies in the dead-letter queue and raises an alarm. Whether the function then
    succeeds, its own alarms tell.
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

    def __init__(
        self, name: str, args: FunctionScheduleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_schedule(args)
        super().__init__("kinexus:index:FunctionSchedule", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        target = invocation_target("FunctionSchedule", args["function"], args.get("alias")).arn
        own_name = pulumi.Output.concat(args["schedule_name"], "-schedule")
        account = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self)).account_id

        dead_letters = create_dead_letters(
            f"{name}-dead-letters", own_name.apply(_queue_name), args.get("key_arn"), child
        )
        role = aws.iam.Role(
            f"{name}-role",
            name=own_name,
            assume_role_policy=_trust(account),
            permissions_boundary=args.get("permissions_boundary"),
            opts=child,
        )
        policy = aws.iam.RolePolicy(
            f"{name}-policy",
            name=own_name,
            role=role.name,
            policy=policy_document(_rights(args, target, dead_letters)),
            opts=child,
        )
        schedule = aws.scheduler.Schedule(
            f"{name}-schedule",
            name=args["schedule_name"],
            description=args.get("description"),
            state="ENABLED" if args.get("enabled", True) else "DISABLED",
            schedule_expression=args["expression"],
            schedule_expression_timezone=args.get("timezone", "UTC"),
            flexible_time_window=pulumi.Output.from_input(args.get("window_minutes", 15)).apply(_window),
            target={
                "arn": target,
                "role_arn": role.arn,
                "input": json.dumps(args.get("payload", {})),
                "retry_policy": {
                    "maximum_event_age_in_seconds": args.get("delivery_age_seconds", 24 * 3600),
                    "maximum_retry_attempts": args.get("delivery_retries", 185),
                },
                "dead_letter_config": {"arn": dead_letters.arn},
            },
            # The policy first: the first time may be now.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        create_alarm(
            self,
            f"{name}-dead-letters-alarm",
            pulumi.Output.concat(own_name, "-dead-letters"),
            Metric(
                "AWS/SQS",
                "ApproximateNumberOfMessagesVisible",
                {"QueueName": dead_letters.name},
                "Maximum",
                60,
            ),
            1,
            "A call by the clock was given up: the message says why. Run the function once the cause is gone.",
            args.get("alarm_topic_arns", []),
        )

        self.schedule_name = schedule.name
        self.schedule_arn = schedule.arn
        self.role_name = role.name
        self.dead_letter_queue_url = dead_letters.url
        self.dead_letter_queue_name = dead_letters.name
        self.register_outputs(
            {
                "scheduleName": schedule.name,
                "scheduleArn": schedule.arn,
                "roleName": role.name,
                "deadLetterQueueUrl": dead_letters.url,
                "deadLetterQueueName": dead_letters.name,
            }
        )


def _queue_name(name: str) -> str:
    """Name the dead-letter queue; SQS takes no dots."""
    return f"{name.replace('.', '-')}-dead-letters"


def _window(minutes: float) -> dict[str, Any]:
    """Say how much later than the time it may run."""
    if minutes == 0:
        return {"mode": "OFF"}
    return {"mode": "FLEXIBLE", "maximum_window_in_minutes": int(minutes)}


def _rights(
    args: FunctionScheduleArgs, target: pulumi.Output[str], dead_letters: aws.sqs.Queue
) -> list[pulumi.Output[PolicyStatement]]:
    """Say what the schedule may do: call its function, and write dead letters, with the key that encrypts them."""
    rights = [
        statement(["lambda:InvokeFunction"], target),
        statement(["sqs:SendMessage"], dead_letters.arn),
    ]
    if "key_arn" in args:
        rights.append(statement(["kms:Decrypt", "kms:GenerateDataKey"], args["key_arn"]))
    return rights


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
