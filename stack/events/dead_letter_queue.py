"""A dead-letter queue: encrypted, with the longest retention that SQS offers (14 days)."""

from typing import Any

import pulumi
import pulumi_aws as aws

from ..arguments.iam_policy import deny_plain_http

_KEPT_SECONDS = 14 * 24 * 3600


def create_dead_letters(
    logical_name: str,
    name: pulumi.Input[str] | None,
    key_arn: pulumi.Input[str] | None,
    opts: pulumi.ResourceOptions,
) -> aws.sqs.Queue:
    """Create a dead-letter queue, encrypted with the KMS key `key_arn`, or with SQS's own key."""
    return aws.sqs.Queue(
        logical_name,
        name=name,
        message_retention_seconds=_KEPT_SECONDS,
        opts=opts,
        **queue_encryption(key_arn),
    )


def refuse_plain_http(logical_name: str, queue: aws.sqs.Queue, opts: pulumi.ResourceOptions) -> None:
    """Create the policy of a queue to which senders have permission by their roles: it only denies plain HTTP."""
    policy = {"Version": "2012-10-17", "Statement": [deny_plain_http("sqs:*", queue.arn)]}
    aws.sqs.QueuePolicy(logical_name, queue_url=queue.id, policy=pulumi.Output.json_dumps(policy), opts=opts)


def queue_encryption(key_arn: pulumi.Input[str] | None) -> dict[str, Any]:
    """Return the encryption arguments of a queue: the KMS key, or SQS's own key for None."""
    return {"sqs_managed_sse_enabled": True} if key_arn is None else {"kms_master_key_id": key_arn}
