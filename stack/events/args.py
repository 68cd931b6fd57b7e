"""What EventSubscription wants to know, and what it refuses."""

import json
import re
from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from ..arguments.validation import check_arn, check_fields, check_key, check_range, known_value, reject
from .event_pattern import check_event_pattern, check_message_filter
from .input_transformer import InputTransformer, check_transformer


class EventSubscriptionArgs(TypedDict):
    """Which events go to which function, and what happens when it fails."""

    subscription_name: pulumi.Input[str]
    """Name of rule and queue in AWS; the dead-letter queue adds `-dead-letters`."""
    bus_name: pulumi.Input[str]
    """The bus that carries the events."""
    pattern: dict[str, Any]
    """Event pattern, e.g. `{"source": ["shop"], "detail-type": ["OrderPlaced"]}`; checked as EventBridge would."""
    function: pulumi.Input[aws.lambda_.Function]
    """The function; it answers with the failed messages of a batch (`batchItemFailures`)."""
    alias: NotRequired[pulumi.Input[str]]
    """Alias of the function to call; the function as it is now by default."""
    batch_size: NotRequired[pulumi.Input[int]]
    """Most messages per call, 1 to 10, or to 10000 with `batch_window_seconds`; 1 by default."""
    batch_window_seconds: NotRequired[int]
    """How long to wait for a batch to fill, 0 to 300; 0 by default, needs a `batch_size` above 1."""
    message_filter: NotRequired[dict[str, Any]]
    """Pattern of messages that are worth a call; what does not match is deleted unread. The event is in `body`."""
    message_filters: NotRequired[list[dict[str, Any]]]
    """Up to five such patterns instead of one; a message is worth a call when one of them matches."""
    transformer: NotRequired[InputTransformer]
    """What the queue gets instead of the whole event."""
    delay_seconds: NotRequired[pulumi.Input[int]]
    """How long a message waits before its first try, 0 to 900; 0 by default."""
    delivery_retries: NotRequired[int]
    """Tries of EventBridge to reach the queue, 0 to 185; 185 by default. What fails is a dead letter."""
    delivery_age_seconds: NotRequired[int]
    """How long EventBridge tries, 60 to 86400; a day by default."""
    message_retention_seconds: NotRequired[pulumi.Input[int]]
    """How long a message may wait in the queue, up to 14 days; 4 days by default. Dead letters have 14."""
    maximum_concurrency: NotRequired[pulumi.Input[int]]
    """Most calls at a time that this queue makes, 2 to 1000, and no more than the function's reserved
    concurrency, or messages would use up their tries waiting for it; 5 by default, or that share if it is less."""
    maximum_receives: NotRequired[pulumi.Input[int]]
    """Tries before a message becomes a dead letter, 1 to 1000; 3 by default."""
    may_send_back: NotRequired[bool]
    """Whether the function may send messages to its own queue, so that work that is busy elsewhere, or whose
    services are down, waits in a delayed copy and uses up no try, and may say when one is seen again; not by
    default."""
    alarm_topic_arns: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """Topics that hear of dead letters, of messages that wait too long, and of lost events; none by default."""
    alarm_age_seconds: NotRequired[pulumi.Input[int]]
    """Age of the oldest waiting message that raises the alarm; 900 by default."""
    key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts both queues, and whose policy lets `events.amazonaws.com` use it; SQS's own by
    default. The function may then decrypt with it."""


_CALLS = 5
_WRITE_IT = 'Write it as {"source": ["shop"], "detail-type": ["OrderPlaced"]}.'
_FILTER_IT = 'Write it as {"body": {"detail": {"status": ["open"]}}}: the event is the body of the message.'


def check_subscription(args: EventSubscriptionArgs) -> None:
    """Refuse what AWS would refuse minutes later, and patterns that would match nothing."""
    component = "EventSubscription"
    check_fields(component, args, EventSubscriptionArgs)
    if problem := check_event_pattern(args["pattern"]):
        reject(component, "pattern", problem, _WRITE_IT)
    _check_filters(component, args)
    if "transformer" in args:
        check_transformer(component, args["transformer"])
    name = known_value(args["subscription_name"])
    if name is not None and name.endswith(".fifo"):
        fix = "Leave `.fifo` out: EventBridge keeps no order, so a queue that does would promise too much."
        reject(component, "subscription_name", f"is {name!r}", fix)
    if name is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
        fix = "Use 1 to 64 letters, digits, `-` and `_`: rule and queues are named after it."
        reject(component, "subscription_name", f"is {name!r}", fix)
    _check_batches(component, args)
    check_range(component, "delay_seconds", args.get("delay_seconds"), 0, 900)
    check_range(component, "delivery_retries", args.get("delivery_retries"), 0, 185)
    check_range(component, "delivery_age_seconds", args.get("delivery_age_seconds"), 60, 86400)
    check_range(component, "message_retention_seconds", args.get("message_retention_seconds"), 60, 1209600)
    check_range(component, "maximum_concurrency", args.get("maximum_concurrency"), 2, 1000)
    check_range(component, "maximum_receives", args.get("maximum_receives"), 1, 1000)
    age, kept = (
        known_value(args.get("alarm_age_seconds", 900)),
        known_value(args.get("message_retention_seconds", 345600)),
    )
    if age is not None and kept is not None and age >= kept:
        reject(
            component, "alarm_age_seconds", f"is {age}, but messages are gone after {kept}",
            "Keep it below `message_retention_seconds`.",
        )  # fmt: skip
    for topic in known_value(args.get("alarm_topic_arns")) or []:
        check_arn(component, "alarm_topic_arns", topic, "sns")
    check_key(component, "key_arn", args.get("key_arn"))


def filter_criteria(args: EventSubscriptionArgs) -> dict[str, Any] | None:
    """Write the message filters in Lambda's spelling."""
    patterns = _patterns(args)
    return {"filters": [{"pattern": json.dumps(pattern)} for pattern in patterns]} if patterns else None


def _patterns(args: EventSubscriptionArgs) -> list[dict[str, Any]]:
    """List the patterns of messages that are worth a call; none where all are."""
    return [args["message_filter"]] if "message_filter" in args else args.get("message_filters", [])


def calls_at_a_time(known: Sequence[Any]) -> int:
    """Return how many calls the queue makes at a time, from `maximum_concurrency` and the function's reserved share.

    Raises InvalidArgument where the share is too small; None, 0 and -1 are no share.
    """
    wanted, reserved = known
    share = int(reserved or 0)
    most = int(wanted) if wanted is not None else max(2, min(_CALLS, share if share > 0 else _CALLS))
    if 0 < share < most:
        rule = f"is {most}, and the function may run {share} at a time"
        fix = "Lower it, to 2 at least, or raise the function's `reserved_concurrency`."
        reject("EventSubscription", "maximum_concurrency", rule, fix)
    return most


def _check_filters(component: str, args: EventSubscriptionArgs) -> None:
    """Refuse filters that Lambda would refuse, and the two ways to give them at once."""
    if "message_filter" in args and "message_filters" in args:
        rule = "and `message_filters` exclude each other"
        reject(component, "message_filter", rule, "Put the one among the others.")
    many = args.get("message_filters", [None])
    if not 1 <= len(many) <= 5:
        reject(component, "message_filters", f"are {len(many)}", "Give 1 to 5, or leave them out.")
    for number, pattern in enumerate(_patterns(args)):
        if problem := check_message_filter(pattern):
            field = "message_filter" if "message_filter" in args else f"message_filters[{number}]"
            reject(component, field, problem, _FILTER_IT)


def _check_batches(component: str, args: EventSubscriptionArgs) -> None:
    """Refuse batches that cannot fill."""
    window, size = args.get("batch_window_seconds", 0), known_value(args.get("batch_size"))
    check_range(component, "batch_window_seconds", window, 0, 300)
    check_range(component, "batch_size", size, 1, 10000)
    if size is not None and size > 10 and not window:
        fix = "Choose 1 to 10, or give `batch_window_seconds` of 1 or more in which they gather."
        reject(component, "batch_size", f"is {size} without a window", fix)
    if window and ("batch_size" not in args or size == 1):
        fix = "Give a `batch_size` of 2 or more: a batch of one is full with its first message."
        reject(component, "batch_window_seconds", f"is {window}, and batches have one message", fix)
