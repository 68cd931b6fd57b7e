"""The role of a schedule: it may invoke one function and send to one dead-letter queue."""

import pulumi
import pulumi_aws as aws

from ..arguments.iam_policy import PolicyStatement, policy_document, statement
from .args import FunctionScheduleArgs


def create_role(
    name: str,
    own_name: pulumi.Output[str] | None,
    args: FunctionScheduleArgs,
    target: pulumi.Output[str],
    dead_letters: aws.sqs.Queue,
    account: pulumi.Output[str],
    opts: pulumi.ResourceOptions,
) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
    """Create a schedule's role and its policy; `target` is the ARN of the function or of its alias."""
    role = aws.iam.Role(
        f"{name}-role",
        name=own_name,
        assume_role_policy=_trust(account),
        permissions_boundary=args.get("permissions_boundary"),
        opts=opts,
    )
    policy = aws.iam.RolePolicy(
        f"{name}-policy",
        name=own_name,
        role=role.name,
        policy=policy_document(_permissions(args, target, dead_letters)),
        opts=opts,
    )
    return role, policy


def _permissions(
    args: FunctionScheduleArgs, target: pulumi.Output[str], dead_letters: aws.sqs.Queue
) -> list[pulumi.Output[PolicyStatement]]:
    """Return the schedule's permissions: invoke its function, send to the dead-letter queue, use the queue's key."""
    permissions = [
        statement(["lambda:InvokeFunction"], target),
        statement(["sqs:SendMessage"], dead_letters.arn),
    ]
    if "key_arn" in args:
        permissions.append(statement(["kms:Decrypt", "kms:GenerateDataKey"], args["key_arn"]))
    return permissions


def _trust(account: pulumi.Output[str]) -> pulumi.Output[str]:
    """Return the trust policy that lets only this account's schedules assume the role.

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
