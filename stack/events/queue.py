"""The queue of an EventSubscription and its dead-letter queue; only the subscription's rule may send to them."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..arguments.iam_policy import deny_plain_http
from ..arguments.names import suffixed
from .dead_letter_queue import create_dead_letters, queue_encryption


@dataclass(frozen=True)
class RuleQueue:
    """The two queues and their policies."""

    queue: aws.sqs.Queue
    """Queue that the function receives from."""
    dead_letters: aws.sqs.Queue
    """Dead-letter queue: messages that the function could not process, and events that could not be delivered."""
    policies: list[aws.sqs.QueuePolicy]
    """Queue policies that allow the rule to send; they must exist before the rule's target."""


def create_queue(
    name: str,
    queue_name: pulumi.Input[str] | None,
    rule: aws.cloudwatch.EventRule,
    *,
    visibility_seconds: pulumi.Input[int],
    maximum_receives: pulumi.Input[int],
    delay_seconds: pulumi.Input[int] | None,
    retention_seconds: pulumi.Input[int],
    key_arn: pulumi.Input[str] | None,
    opts: pulumi.ResourceOptions,
) -> RuleQueue:
    """Create queue and dead-letter queue (`queue_name` plus `-dead-letters`) that only `rule` may send to."""
    dead_letters = create_dead_letters(
        f"{name}-dead-letters", suffixed(queue_name, "-dead-letters"), key_arn, opts
    )
    queue = aws.sqs.Queue(
        f"{name}-queue",
        name=queue_name,
        visibility_timeout_seconds=visibility_seconds,
        delay_seconds=delay_seconds,
        message_retention_seconds=retention_seconds,
        redrive_policy=pulumi.Output.json_dumps(
            {"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": maximum_receives}
        ),
        opts=opts,
        **queue_encryption(key_arn),
    )
    aws.sqs.RedriveAllowPolicy(
        f"{name}-redrive",
        queue_url=dead_letters.id,
        redrive_allow_policy=pulumi.Output.json_dumps(
            {"redrivePermission": "byQueue", "sourceQueueArns": [queue.arn]}
        ),
        opts=opts,
    )
    policies = [
        aws.sqs.QueuePolicy(
            f"{name}-{label}-policy", queue_url=target.id, policy=_only_from(rule, target), opts=opts
        )
        for label, target in (("queue", queue), ("dead-letters", dead_letters))
    ]
    return RuleQueue(queue, dead_letters, policies)


def _only_from(rule: aws.cloudwatch.EventRule, queue: aws.sqs.Queue) -> pulumi.Output[str]:
    """Return the queue policy that allows only one rule to send, and refuses plain HTTP."""
    return pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "OnlyThisRule",
                    "Effect": "Allow",
                    "Principal": {"Service": "events.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    "Resource": queue.arn,
                    "Condition": {"ArnEquals": {"aws:SourceArn": rule.arn}},
                },
                deny_plain_http("sqs:*", queue.arn),
            ],
        }
    )
