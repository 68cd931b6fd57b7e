"""A function that gets a bus's events through a queue, so that an outage delays work and loses none."""

import json
from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from stack.alarm import Metric, alarm
from stack.arguments import check_fields, check_range, refuse
from stack.event_pattern import check_pattern
from stack.policy import document, statement

_VISIBILITY_FACTOR = 6
_DEAD_LETTER_SECONDS = 14 * 24 * 3600
_QUEUE_SECONDS = 4 * 24 * 3600
_RECEIVE = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]


class EventSubscriptionArgs(TypedDict):
    """Which events go to which function, and what happens when it fails."""

    subscription_name: pulumi.Input[str]
    """Name of rule and queue in AWS; the dead-letter queue adds `-dead-letters`."""
    bus_name: pulumi.Input[str]
    """The bus that carries the events."""
    pattern: dict[str, Any]
    """Event pattern, e.g. `{"source": ["shop"], "detail-type": ["OrderPlaced"]}`."""
    function: pulumi.Input[aws.lambda_.Function]
    """The function; it answers with the failed messages of a batch (`batchItemFailures`)."""
    batch_size: NotRequired[pulumi.Input[int]]
    """Most messages per call, 1 to 10; 1 by default."""
    maximum_concurrency: NotRequired[pulumi.Input[int]]
    """Most calls at a time that this queue makes, 2 to 1000; 5 by default."""
    maximum_receives: NotRequired[pulumi.Input[int]]
    """Tries before a message becomes a dead letter, 1 to 1000; 3 by default."""
    alarm_topic_arns: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Topics that hear of dead letters and of messages that wait too long; none by default."""
    alarm_age_seconds: NotRequired[pulumi.Input[int]]
    """Age of the oldest waiting message that raises the alarm; 900 by default."""
    key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts both queues; SQS's own by default."""


class EventSubscription(pulumi.ComponentResource):
    """Rule, queue that lets exactly this rule in, dead-letter queue, mapping to the function, alarms.

    The queue hides a message for six times the function's timeout, as AWS advises, and the function's role
    gets the right to receive from this queue.
    """

    queue_url: pulumi.Output[str]
    """URL of the queue."""
    queue_arn: pulumi.Output[str]
    """ARN of the queue."""
    queue_name: pulumi.Output[str]
    """Name of the queue."""
    dead_letter_queue_url: pulumi.Output[str]
    """URL of the dead-letter queue."""
    dead_letter_queue_name: pulumi.Output[str]
    """Name of the dead-letter queue."""
    rule_arn: pulumi.Output[str]
    """ARN of the rule."""

    def __init__(
        self, name: str, args: EventSubscriptionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        _check(args)
        super().__init__("kinexus:index:EventSubscription", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        own_name = args["subscription_name"]
        function = pulumi.Output.from_input(args["function"])

        rule = aws.cloudwatch.EventRule(
            f"{name}-rule",
            name=own_name,
            event_bus_name=args["bus_name"],
            event_pattern=json.dumps(args["pattern"]),
            opts=child,
        )
        dead_letters = aws.sqs.Queue(
            f"{name}-dead-letters",
            name=pulumi.Output.concat(own_name, "-dead-letters"),
            message_retention_seconds=_DEAD_LETTER_SECONDS,
            opts=child,
            **_encryption(args),
        )
        queue = aws.sqs.Queue(
            f"{name}-queue",
            name=own_name,
            visibility_timeout_seconds=function.apply(lambda known: known.timeout).apply(
                lambda seconds: _VISIBILITY_FACTOR * int(seconds or 3)
            ),
            message_retention_seconds=_QUEUE_SECONDS,
            redrive_policy=pulumi.Output.json_dumps(
                {"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": args.get("maximum_receives", 3)}
            ),
            opts=child,
            **_encryption(args),
        )
        aws.sqs.RedriveAllowPolicy(
            f"{name}-redrive",
            queue_url=dead_letters.id,
            redrive_allow_policy=pulumi.Output.json_dumps(
                {"redrivePermission": "byQueue", "sourceQueueArns": [queue.arn]}
            ),
            opts=child,
        )
        doors = [
            aws.sqs.QueuePolicy(
                f"{name}-{label}-policy", queue_url=door.id, policy=_only_from(rule, door), opts=child
            )
            for label, door in (("queue", queue), ("dead-letters", dead_letters))
        ]
        aws.cloudwatch.EventTarget(
            f"{name}-target",
            rule=rule.name,
            event_bus_name=args["bus_name"],
            target_id="queue",
            arn=queue.arn,
            retry_policy={"maximum_event_age_in_seconds": 24 * 3600, "maximum_retry_attempts": 185},
            dead_letter_config={"arn": dead_letters.arn},
            # Until the queue lets the rule in, events would be refused.
            opts=pulumi.ResourceOptions(parent=self, depends_on=doors),
        )
        receive = aws.iam.RolePolicy(
            f"{name}-receive",
            # Not the name of the role's own policy, which it would replace.
            name=pulumi.Output.concat(own_name, "-receive"),
            role=function.apply(lambda known: known.role).apply(lambda arn: arn.rsplit("/", 1)[-1]),
            policy=document([statement(_RECEIVE, queue.arn)]),
            opts=child,
        )
        aws.lambda_.EventSourceMapping(
            f"{name}-mapping",
            event_source_arn=queue.arn,
            function_name=function.apply(lambda known: known.arn),
            batch_size=args.get("batch_size", 1),
            function_response_types=["ReportBatchItemFailures"],
            scaling_config={"maximum_concurrency": args.get("maximum_concurrency", 5)},
            # AWS refuses a mapping whose role may not receive yet.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[receive]),
        )
        self._alarms(name, args, queue, dead_letters)

        self.queue_url = queue.url
        self.queue_arn = queue.arn
        self.queue_name = queue.name
        self.dead_letter_queue_url = dead_letters.url
        self.dead_letter_queue_name = dead_letters.name
        self.rule_arn = rule.arn
        self.register_outputs(
            {
                "queueUrl": queue.url,
                "queueArn": queue.arn,
                "queueName": queue.name,
                "deadLetterQueueUrl": dead_letters.url,
                "deadLetterQueueName": dead_letters.name,
                "ruleArn": rule.arn,
            }
        )

    def _alarms(
        self, name: str, args: EventSubscriptionArgs, queue: aws.sqs.Queue, dead_letters: aws.sqs.Queue
    ) -> None:
        """Tell of the two ways in which work stops: given up, and not taken up."""
        topics = args.get("alarm_topic_arns", [])
        for label, watched, metric, threshold, words in (
            (
                "dead-letters",
                dead_letters,
                "ApproximateNumberOfMessagesVisible",
                1,
                "Work was given up after several tries: read the function's log, then redrive the queue.",
            ),
            (
                "age",
                queue,
                "ApproximateAgeOfOldestMessage",
                args.get("alarm_age_seconds", 900),
                "Work waits too long: the function fails, is throttled, or cannot keep up.",
            ),
        ):
            alarm(
                self,
                f"{name}-{label}-alarm",
                pulumi.Output.concat(args["subscription_name"], f"-{label}"),
                Metric("AWS/SQS", metric, {"QueueName": watched.name}, "Maximum", 60),
                threshold,
                words,
                topics,
            )


def _only_from(rule: aws.cloudwatch.EventRule, queue: aws.sqs.Queue) -> pulumi.Output[str]:
    """Write the queue policy that lets one rule send, and nobody else."""
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
                }
            ],
        }
    )


def _encryption(args: EventSubscriptionArgs) -> Mapping[str, Any]:
    """Choose the queues' encryption: the given key, or SQS's own."""
    return {"kms_master_key_id": args["key_arn"]} if "key_arn" in args else {"sqs_managed_sse_enabled": True}


def _check(args: EventSubscriptionArgs) -> None:
    """Refuse what AWS would refuse minutes later."""
    check_fields("EventSubscription", args, EventSubscriptionArgs)
    component = "EventSubscription"
    problem = check_pattern(args["pattern"])
    if problem:
        refuse(
            component, "pattern", problem, 'Write it as {"source": ["shop"], "detail-type": ["OrderPlaced"]}.'
        )
    check_range(component, "batch_size", args.get("batch_size"), 1, 10)
    check_range(component, "maximum_concurrency", args.get("maximum_concurrency"), 2, 1000)
    check_range(component, "maximum_receives", args.get("maximum_receives"), 1, 1000)
