"""Permissions of a subscription's function: to receive from its queue, and on request to send messages back to it."""

import pulumi
import pulumi_aws as aws

from ..arguments.iam_policy import PolicyStatement, policy_document, statement
from ..arguments.names import suffixed
from .args import EventSubscriptionArgs

_RECEIVE = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
_SEND_BACK = ["sqs:ChangeMessageVisibility", "sqs:GetQueueUrl", "sqs:SendMessage"]


def let_receive(
    name: str,
    own_name: pulumi.Input[str] | None,
    args: EventSubscriptionArgs,
    queue: aws.sqs.Queue,
    role_name: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> aws.iam.RolePolicy:
    """Give the function's role the permissions on its queue and on the key that encrypts it."""
    return aws.iam.RolePolicy(
        f"{name}-receive",
        # Must differ from the name of the role's own policy, which it would otherwise replace.
        name=suffixed(own_name, "-receive"),
        role=role_name,
        policy=policy_document(_permissions(args, queue)),
        opts=opts,
    )


def _permissions(args: EventSubscriptionArgs, queue: aws.sqs.Queue) -> list[pulumi.Output[PolicyStatement]]:
    """Return the function's permissions on its queue and on the key that encrypts it."""
    messages, key = _RECEIVE, ["kms:Decrypt"]
    if args.get("may_send_back"):
        # SQS generates a message's data key with the permissions of the sender.
        messages, key = [*messages, *_SEND_BACK], [*key, "kms:GenerateDataKey"]
    return [statement(messages, queue.arn), *([statement(key, args["key_arn"])] if "key_arn" in args else [])]
