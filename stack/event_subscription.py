"""A function that gets a bus's events through a queue, so that an outage delays work and loses none."""

import json
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from stack.alarm import Metric, alarm
from stack.arguments import check_fields, check_range, refuse
from stack.event_pattern import check_pattern
from stack.input_transformer import InputTransformer, check_transformer, input_transformer
from stack.policy import document, statement
from stack.rule_queue import create_queue

_VISIBILITY_FACTOR = 6
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
    alias: NotRequired[pulumi.Input[str]]
    """Alias of the function to call; the function as it is now by default."""
    batch_size: NotRequired[pulumi.Input[int]]
    """Most messages per call, 1 to 10, or to 10000 with `batch_window_seconds`; 1 by default."""
    batch_window_seconds: NotRequired[int]
    """How long to wait for a batch to fill, 0 to 300; 0 by default."""
    message_filter: NotRequired[dict[str, Any]]
    """Pattern of messages that are worth a call; what does not match is deleted unread."""
    transformer: NotRequired[InputTransformer]
    """What the queue gets instead of the whole event."""
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
        visibility = function.apply(lambda known: known.timeout).apply(
            lambda seconds: _VISIBILITY_FACTOR * int(seconds or 3)
        )
        fed = create_queue(
            name,
            own_name,
            rule,
            visibility_seconds=visibility,
            maximum_receives=args.get("maximum_receives", 3),
            key_arn=args.get("key_arn"),
            opts=child,
        )
        queue, dead_letters = fed.queue, fed.dead_letters
        aws.cloudwatch.EventTarget(
            f"{name}-target",
            rule=rule.name,
            event_bus_name=args["bus_name"],
            target_id="queue",
            arn=queue.arn,
            retry_policy={"maximum_event_age_in_seconds": 24 * 3600, "maximum_retry_attempts": 185},
            dead_letter_config={"arn": dead_letters.arn},
            input_transformer=input_transformer(args.get("transformer")),
            # Until the queue lets the rule in, events would be refused.
            opts=pulumi.ResourceOptions(parent=self, depends_on=fed.doors),
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
            function_name=pulumi.Output.all(
                function.apply(lambda known: known.arn), args.get("alias", "")
            ).apply(lambda parts: ":".join(part for part in parts if part)),
            batch_size=args.get("batch_size", 1),
            maximum_batching_window_in_seconds=args.get("batch_window_seconds"),
            filter_criteria=_filter(args.get("message_filter")),
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


def _filter(pattern: dict[str, Any] | None) -> dict[str, Any] | None:
    """Write a message filter in Lambda's spelling."""
    return {"filters": [{"pattern": json.dumps(pattern)}]} if pattern is not None else None


def _check(args: EventSubscriptionArgs) -> None:
    """Refuse what AWS would refuse minutes later."""
    component = "EventSubscription"
    check_fields(component, args, EventSubscriptionArgs)
    for field in ("pattern", "message_filter"):
        problem = check_pattern(args[field]) if field in args else None
        if problem:
            refuse(
                component, field, problem, 'Write it as {"source": ["shop"], "detail-type": ["OrderPlaced"]}.'
            )
    window = args.get("batch_window_seconds", 0)
    check_range(component, "batch_window_seconds", window, 0, 300)
    check_range(component, "batch_size", args.get("batch_size"), 1, 10000 if window else 10)
    check_range(component, "maximum_concurrency", args.get("maximum_concurrency"), 2, 1000)
    check_range(component, "maximum_receives", args.get("maximum_receives"), 1, 1000)
    if "transformer" in args:
        check_transformer(component, args["transformer"])
