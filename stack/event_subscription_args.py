"""What EventSubscription wants to know, and what it refuses."""

from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from stack.arguments import check_fields, check_range, refuse
from stack.event_pattern import check_pattern
from stack.input_transformer import InputTransformer, check_transformer


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


def check_subscription(args: EventSubscriptionArgs) -> None:
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
