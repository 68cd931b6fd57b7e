"""The arguments of EventSubscription and their validation."""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from ..arguments.known_later import to_json
from ..arguments.stand_ins import AnyFunction, BusName, TopicArn
from ..arguments.tags import check_tags
from ..arguments.validation import (
    check_arn,
    check_fields,
    check_key,
    check_range,
    check_text,
    known_value,
    reject,
    when_known,
)
from .event_pattern import check_event_pattern, check_message_filter
from .input_transformer import InputTransformer, check_transformer


class EventSubscriptionArgs(TypedDict):
    """Which events go to which function, and how failures are handled."""

    bus_name: pulumi.Input[BusName]
    """Name of the event bus."""
    pattern: pulumi.Input[dict[str, Any]]
    """Event pattern, e.g. `{"source": ["shop"], "detail-type": ["OrderPlaced"]}`; checked by EventBridge's rules.
    It may contain outputs."""
    function: pulumi.Input[AnyFunction]
    """The function; it must return the failed messages of a batch (`batchItemFailures`)."""
    subscription_name: NotRequired[pulumi.Input[str]]
    """Name of the rule and the queue in AWS; the dead-letter queue's name adds `-dead-letters`. Pulumi chooses names by
    default."""
    alias: NotRequired[pulumi.Input[str]]
    """Alias of the function to invoke; `$LATEST` by default."""
    batch_size: NotRequired[pulumi.Input[int]]
    """Maximum messages per invocation, 1 to 10, or up to 10000 with `batch_window_seconds`; 1 by default."""
    batch_window_seconds: NotRequired[int]
    """Maximum time to wait for a batch to fill, 0 to 300; 0 by default, needs a `batch_size` above 1."""
    message_filter: NotRequired[pulumi.Input[dict[str, Any]]]
    """Pattern of messages that invoke the function; others are deleted. The event is in the field `body`."""
    message_filters: NotRequired[list[pulumi.Input[dict[str, Any]]]]
    """Up to five patterns instead of `message_filter`; a message must match one of them."""
    transformer: NotRequired[InputTransformer]
    """Message that the queue gets instead of the whole event."""
    delay_seconds: NotRequired[pulumi.Input[int]]
    """Delay before a message can be received for the first time, 0 to 900; 0 by default."""
    delivery_retries: NotRequired[int]
    """EventBridge's retries to reach the queue, 0 to 185; 185 by default. Then the event goes to the dead-letter
    queue."""
    delivery_age_seconds: NotRequired[int]
    """How long EventBridge retries, 60 to 86400; 86400 (a day) by default."""
    message_retention_seconds: NotRequired[pulumi.Input[int]]
    """How long a message stays in the queue, 60 to 1209600 (14 days); 345600 (4 days) by default. The dead-letter
    queue keeps messages for 14 days."""
    maximum_concurrency: NotRequired[pulumi.Input[int]]
    """Maximum concurrent invocations by this queue, 2 to 1000, at most the function's reserved concurrency, because
    throttled messages use up their receives. 5 by default, or the reserved concurrency if that is lower; a reserved
    concurrency of 1 needs `maximum_receives` of 10 or more."""
    maximum_receives: NotRequired[pulumi.Input[int]]
    """Receives after which a message moves to the dead-letter queue, 1 to 1000; 3 by default."""
    may_send_back: NotRequired[bool]
    """Allow the function to defer its messages: to send delayed copies to its own queue, which use up no receive,
    and to change a message's visibility timeout; false by default."""
    alarm_topic_arns: NotRequired[pulumi.Input[list[pulumi.Input[TopicArn]]]]
    """SNS topics for the alarms on dead letters, on messages that wait too long and on lost events; none by
    default."""
    alarm_age_seconds: NotRequired[pulumi.Input[int]]
    """Age of the oldest waiting message that raises the alarm. By default 900, or later, when the last receive of a
    message is due: six times the function's timeout after each receive before."""
    key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts both queues; its policy must allow `events.amazonaws.com` to use it. SQS's own key by
    default. The function's role gets permission to decrypt with it."""
    tags: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Tags of everything that the component creates; none by default. For the whole stack use `tag_stack`."""


_CALLS = 5
_FEWEST_CALLS = 2
_RECEIVES_IF_THROTTLED = 10
_TAKEN = ("-dead-letters", "-schedule", "-stream")
_WRITE_IT = 'Write it as {"source": ["shop"], "detail-type": ["OrderPlaced"]}.'
_FILTER_IT = 'Write it as {"body": {"detail": {"status": ["open"]}}}: the event is the body of the message.'


def check_subscription(args: EventSubscriptionArgs) -> None:
    """Raise InvalidArgument for arguments that AWS would reject during the update, or that would match no event."""
    component = "EventSubscription"
    check_fields(component, args, EventSubscriptionArgs)
    check_tags(component, args.get("tags"))
    event_pattern(args)
    _check_filters(component, args)
    if "transformer" in args:
        check_transformer(component, args["transformer"])
    when_known(args.get("subscription_name"), _check_name)
    _check_batches(component, args)
    check_range(component, "delay_seconds", args.get("delay_seconds"), 0, 900)
    check_range(component, "delivery_retries", args.get("delivery_retries"), 0, 185)
    check_range(component, "delivery_age_seconds", args.get("delivery_age_seconds"), 60, 86400)
    check_range(component, "message_retention_seconds", args.get("message_retention_seconds"), 60, 1209600)
    check_range(component, "maximum_concurrency", args.get("maximum_concurrency"), 2, 1000)
    check_range(component, "maximum_receives", args.get("maximum_receives"), 1, 1000)
    age, kept = (
        known_value(args.get("alarm_age_seconds")),
        known_value(args.get("message_retention_seconds", 345600)),
    )
    if age is not None and kept is not None and age >= kept:
        reject(
            component, "alarm_age_seconds", f"is {age}, but messages are deleted after {kept}",
            "Set it below `message_retention_seconds`.",
        )  # fmt: skip
    for topic in known_value(args.get("alarm_topic_arns")) or []:
        check_arn(component, "alarm_topic_arns", topic, "sns")
    check_key(component, "key_arn", args.get("key_arn"))


def _check_name(name: str) -> None:
    """Raise InvalidArgument for a name that EventBridge or SQS would reject."""
    if name.endswith(".fifo"):
        fix = "Leave `.fifo` out: the queue cannot be FIFO, because EventBridge does not keep the order of events."
        reject("EventSubscription", "subscription_name", f"is {name!r}", fix)
    if ending := next((one for one in _TAKEN if name.endswith(one)), None):
        fix = f"Leave `{ending}` out: queues and alarms of other components have such names."
        reject("EventSubscription", "subscription_name", f"is {name!r}", fix)
    fix = "Use 1 to 64 letters, digits, `-` and `_`: the rule and the queues are named after it."
    check_text("EventSubscription", "subscription_name", name, r"[A-Za-z0-9_-]{1,64}", fix)


def event_pattern(args: EventSubscriptionArgs) -> pulumi.Input[str]:
    """Return the event pattern as JSON. Raises InvalidArgument, during the update for outputs in the pattern."""

    def check(pattern: Any) -> None:
        if problem := check_event_pattern(pattern):
            reject("EventSubscription", "pattern", problem, _WRITE_IT)

    return to_json("EventSubscription", "pattern", args["pattern"], check)


def filter_criteria(args: EventSubscriptionArgs) -> dict[str, Any] | None:
    """Return the message filters as `filter_criteria` of an event source mapping; None if there are none.

    Raises InvalidArgument, during the update for outputs in a filter.
    """
    filters = []
    for number, pattern in enumerate(_patterns(args)):
        field = "message_filter" if "message_filter" in args else f"message_filters[{number}]"

        def check(known: Any, field: str = field) -> None:
            if problem := check_message_filter(known):
                reject("EventSubscription", field, problem, _FILTER_IT)

        filters.append({"pattern": to_json("EventSubscription", field, pattern, check)})
    return {"filters": filters} if filters else None


def _patterns(args: EventSubscriptionArgs) -> list[pulumi.Input[dict[str, Any]]]:
    """Return the message patterns from either argument; empty if every message invokes the function."""
    return [args["message_filter"]] if "message_filter" in args else args.get("message_filters", [])


def calls_at_a_time(known: Sequence[Any]) -> int:
    """Return the mapping's maximum concurrency.

    `known` holds `maximum_concurrency`, the function's reserved concurrency, and `maximum_receives`. A reserved
    concurrency of None, 0 or -1 is no limit. Raises InvalidArgument if the reserved concurrency is lower than the
    maximum, or 1 (AWS's lowest maximum is 2) with few receives, which throttling would use up.
    """
    wanted, reserved, receives = known
    share = int(reserved or 0)
    if share == 1 and (wanted is None or int(wanted) == _FEWEST_CALLS):
        if int(receives) < _RECEIVES_IF_THROTTLED:
            rule = (
                f"is {int(receives)}, but the function has a reserved concurrency of 1, and a queue calls at least "
                f"{_FEWEST_CALLS} at a time: messages that are throttled use up their receives"
            )
            fix = (
                f"Set it to {_RECEIVES_IF_THROTTLED} or more, or raise the function's `reserved_concurrency`."
            )
            reject("EventSubscription", "maximum_receives", rule, fix)
        return _FEWEST_CALLS
    most = (
        int(wanted) if wanted is not None else max(_FEWEST_CALLS, min(_CALLS, share if share > 0 else _CALLS))
    )
    if 0 < share < most:
        rule = f"is {most}, but the function has a reserved concurrency of {share}"
        fix = "Lower it (the minimum is 2), or raise the function's `reserved_concurrency`."
        reject("EventSubscription", "maximum_concurrency", rule, fix)
    return most


def _check_filters(component: str, args: EventSubscriptionArgs) -> None:
    """Raise InvalidArgument for filters that Lambda would reject, or for both filter arguments at once."""
    if "message_filter" in args and "message_filters" in args:
        rule = "and `message_filters` exclude each other"
        reject(component, "message_filter", rule, "Put all patterns into `message_filters`.")
    many = args.get("message_filters", [None])
    if not 1 <= len(many) <= 5:
        reject(component, "message_filters", f"has {len(many)} patterns", "Give 1 to 5, or leave it out.")
    filter_criteria(args)


def _check_batches(component: str, args: EventSubscriptionArgs) -> None:
    """Raise InvalidArgument for a batch size or window that Lambda would reject or that has no effect."""
    window, size = args.get("batch_window_seconds", 0), known_value(args.get("batch_size"))
    check_range(component, "batch_window_seconds", window, 0, 300)
    check_range(component, "batch_size", args.get("batch_size"), 1, 10000)
    if size is not None and size > 10 and not window:
        fix = "Choose 1 to 10, or set `batch_window_seconds` to 1 or more."
        reject(component, "batch_size", f"is {size} without a window", fix)
    if window and ("batch_size" not in args or size == 1):
        fix = "Set `batch_size` to 2 or more, or leave `batch_window_seconds` out."
        reject(component, "batch_window_seconds", f"is {window}, but a batch has only one message", fix)
