"""The arguments of StreamSubscription and their validation."""

from enum import Enum
from typing import Any, NotRequired, TypedDict

import pulumi

from ..arguments.known_later import to_json
from ..arguments.stand_ins import AnyFunction, StreamArn, TopicArn
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
from .event_pattern import check_record_filter


class StreamStart(Enum):
    """Where a subscription starts in a stream when it is created."""

    OLDEST = "TRIM_HORIZON"
    """With the oldest record, up to 24 hours back."""
    NEWEST = "LATEST"
    """With the next record; changes made while the subscription is created may be missed."""


class StreamSubscriptionArgs(TypedDict):
    """Which changes of a table go to which function, and how failures are handled."""

    stream_arn: pulumi.Input[StreamArn]
    """ARN of the table's stream. In Python a RecordTable with the argument `stream` may stand for it."""
    function: pulumi.Input[AnyFunction]
    """The function; it must return the failed records of a batch (`batchItemFailures`)."""
    subscription_name: NotRequired[pulumi.Input[str]]
    """Name in AWS, up to 60 characters; the policy's name adds `-stream`, the dead-letter queue's name
    `-stream-dead-letters`. Pulumi chooses names by default."""
    alias: NotRequired[pulumi.Input[str]]
    """Alias of the function to invoke; `$LATEST` by default."""
    start: NotRequired[StreamStart]
    """Where to start in the stream; with the oldest record by default."""
    batch_size: NotRequired[pulumi.Input[int]]
    """Maximum records per invocation, 1 to 10000; 100 by default."""
    batch_window_seconds: NotRequired[pulumi.Input[int]]
    """Maximum time to wait for a batch to fill, 0 to 300; 0 by default."""
    parallel_batches: NotRequired[pulumi.Input[int]]
    """Batches of one shard that are processed at a time, 1 to 10, in order per item; 1 by default."""
    record_filters: NotRequired[list[pulumi.Input[dict[str, Any]]]]
    """Up to five patterns such as `{"eventName": ["INSERT"]}`; a record must match one of them. All records by
    default."""
    maximum_retries: NotRequired[pulumi.Input[int]]
    """Retries of a failed batch, 0 to 10000; 10 by default. Later records of the shard wait. Then the place of
    the batch in the stream goes to the dead-letter queue."""
    maximum_record_age_seconds: NotRequired[pulumi.Input[int]]
    """Age above which a record is not retried, 60 to 604800; by default 24 hours, when DynamoDB deletes it."""
    bisect: NotRequired[bool]
    """Split a failed batch in two and retry each half, so that one bad record does not take others with it; true by
    default."""
    alarm_topic_arns: NotRequired[pulumi.Input[list[pulumi.Input[TopicArn]]]]
    """SNS topics for the alarms on dead letters and on records that wait too long; none by default."""
    alarm_age_seconds: NotRequired[pulumi.Input[int]]
    """Age of the last record of a batch that raises the alarm; 900 by default."""
    key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts the dead-letter queue; SQS's own key by default. The function's role gets permission to use
    it."""
    table_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key of the table, if it has one of its own; the function's role gets permission to decrypt with it. A
    RecordTable in place of `stream_arn` brings its key."""
    tags: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Tags of everything that the component creates; none by default. For the whole stack use `tag_stack`."""


_FILTER_IT = 'Write it as {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"status": {"S": ["open"]}}}}.'


def check_stream(args: StreamSubscriptionArgs) -> None:
    """Raise InvalidArgument for arguments that AWS would reject during the update, or that would match no record."""
    component = "StreamSubscription"
    check_fields(component, args, StreamSubscriptionArgs)
    check_tags(component, args.get("tags"))
    when_known(args["stream_arn"], _check_stream_arn)
    fix = "Use 1 to 60 letters, digits, `-` and `_`."
    check_text(component, "subscription_name", args.get("subscription_name"), r"[A-Za-z0-9_-]{1,60}", fix)
    for field, lowest, highest in (
        ("batch_size", 1, 10000),
        ("batch_window_seconds", 0, 300),
        ("parallel_batches", 1, 10),
        ("maximum_retries", 0, 10000),
        ("maximum_record_age_seconds", 60, 604800),
        ("alarm_age_seconds", 1, 86400),
    ):
        check_range(component, field, args.get(field), lowest, highest)
    many = args.get("record_filters", [None])
    if not 1 <= len(many) <= 5:
        reject(component, "record_filters", f"has {len(many)} patterns", "Give 1 to 5, or leave it out.")
    record_filters(args)
    for topic in known_value(args.get("alarm_topic_arns")) or []:
        check_arn(component, "alarm_topic_arns", topic, "sns")
    check_key(component, "key_arn", args.get("key_arn"))
    check_key(component, "table_key_arn", args.get("table_key_arn"))


def _check_stream_arn(arn: str) -> None:
    """Raise InvalidArgument for a text that is not the ARN of a table's stream."""
    if ":table/" not in arn or "/stream/" not in arn:
        fix = "Give the output `.stream_arn` of a RecordTable with the argument `stream`."
        reject("StreamSubscription", "stream_arn", f"is {arn!r}, which is no table's stream", fix)


def record_filters(args: StreamSubscriptionArgs) -> dict[str, Any] | None:
    """Return the record filters as `filter_criteria` of an event source mapping; None if there are none.

    Raises InvalidArgument, during the update for outputs in a filter.
    """
    filters = []
    for number, pattern in enumerate(args.get("record_filters", [])):
        field = f"record_filters[{number}]"

        def check(known: Any, field: str = field) -> None:
            if problem := check_record_filter(known):
                reject("StreamSubscription", field, problem, _FILTER_IT)

        filters.append({"pattern": to_json("StreamSubscription", field, pattern, check)})
    return {"filters": filters} if filters else None
