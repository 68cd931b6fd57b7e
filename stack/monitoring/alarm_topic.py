"""The SNS topic for alarms: CloudWatch may publish to it, and an e-mail address can subscribe."""

import pulumi
import pulumi_aws as aws

from ..arguments.iam_policy import deny_plain_http


def create_topic(
    name: str,
    system: pulumi.Input[str],
    key_arn: pulumi.Input[str] | None,
    email: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    """Create a topic, to which only this account's CloudWatch may publish, and its subscription; return its ARN."""
    topic = aws.sns.Topic(
        f"{name}-topic", name=pulumi.Output.concat(system, "-alarms"), kms_master_key_id=key_arn, opts=opts
    )
    aws.sns.TopicPolicy(
        f"{name}-topic-policy",
        arn=topic.arn,
        policy=pulumi.Output.json_dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "AlarmsOfThisAccount",
                        "Effect": "Allow",
                        "Principal": {"Service": "cloudwatch.amazonaws.com"},
                        "Action": "sns:Publish",
                        "Resource": topic.arn,
                        "Condition": {"StringEquals": {"aws:SourceAccount": topic.arn.apply(_account)}},
                    },
                    # A topic policy accepts no `sns:*`.
                    deny_plain_http("sns:Publish", topic.arn),
                ],
            }
        ),
        opts=opts,
    )
    if isinstance(email, pulumi.Output) or email:
        aws.sns.TopicSubscription(
            f"{name}-email", topic=topic.arn, protocol="email", endpoint=email, opts=opts
        )
    arn: pulumi.Output[str] = topic.arn
    return arn


def _account(arn: str) -> str:
    """Return the account id in an ARN."""
    return arn.split(":")[4]
