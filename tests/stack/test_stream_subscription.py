"""A table's changes reach a function; what fails for good is kept."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

import stack
from stack.testing import Graph, checks
from tests.stack.shop import KEY, TOPIC, function, graph_of, registered, table

STREAM = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
LETTERS = "arn:aws:sqs:eu-central-1:123456789012:shop-stream-dead-letters"


def subscription(**more: Any) -> stack.StreamSubscription:
    args: Any = {"subscription_name": "shop", "stream_arn": STREAM, "function": function(), **more}
    return stack.StreamSubscription("placed", args)


def test_failed_batches_are_split_retried_and_kept() -> None:
    found = graph_of(subscription)
    mapping = found.named("placed-mapping").inputs
    assert mapping["eventSourceArn"] == STREAM
    assert mapping["startingPosition"] == "TRIM_HORIZON"
    assert (mapping["bisectBatchOnFunctionError"], mapping["maximumRetryAttempts"]) == (True, 10)
    assert mapping["functionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["destinationConfig"] == {"onFailure": {"destinationArn": LETTERS}}
    assert found.named("placed-read").urn in found.named("placed-mapping").dependencies
    assert checks.targets_without_dead_letters(found) == []


def test_the_function_may_read_the_stream_and_write_dead_letters() -> None:
    found = graph_of(lambda: subscription(key_arn=KEY, table_key_arn=KEY))
    statements = json.loads(found.named("placed-read").inputs["policy"])["Statement"]
    assert [(one["Action"], one["Resource"]) for one in statements] == [
        (["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], [STREAM]),
        (["dynamodb:ListStreams"], ["*"]),
        (["sqs:SendMessage"], [LETTERS]),
        (["kms:Decrypt"], [KEY]),
        (["kms:Decrypt", "kms:GenerateDataKey"], [KEY]),
    ]
    assert found.named("placed-dead-letters").inputs["kmsMasterKeyId"] == KEY
    denied = json.loads(found.named("placed-dead-letters-policy").inputs["policy"])["Statement"]
    assert [one["Effect"] for one in denied] == ["Deny"]


def test_the_linter_accepts_the_arn_of_a_stream() -> None:
    assert checks.policy_faults(graph_of(subscription)) == []


def test_dead_letters_and_old_records_raise_alarms() -> None:
    found = graph_of(lambda: subscription(alarm_topic_arns=[TOPIC], alarm_age_seconds=60))
    age = found.named("placed-age-alarm").inputs
    assert (age["metricName"], age["threshold"]) == ("IteratorAge", 60_000)
    assert (age["name"], age["dimensions"]) == ("shop-stream-age", {"FunctionName": "shop-orders"})
    letters = found.named("placed-dead-letters-alarm").inputs
    assert letters["dimensions"] == {"QueueName": "shop-stream-dead-letters"}
    assert checks.alarms_without_actions(found) == []


def test_every_argument_reaches_the_mapping() -> None:
    more = {
        "start": stack.StreamStart.NEWEST, "batch_size": 10, "batch_window_seconds": 5, "parallel_batches": 2,
        "record_filters": [{"eventName": ["INSERT"]}], "maximum_retries": 3, "maximum_record_age_seconds": 600,
        "bisect": False,
    }  # fmt: skip
    mapping = graph_of(lambda: subscription(**more)).named("placed-mapping").inputs
    assert (mapping["startingPosition"], mapping["batchSize"]) == ("LATEST", 10)
    assert (mapping["maximumBatchingWindowInSeconds"], mapping["parallelizationFactor"]) == (5, 2)
    assert (mapping["maximumRetryAttempts"], mapping["maximumRecordAgeInSeconds"]) == (3, 600)
    assert mapping["bisectBatchOnFunctionError"] is False
    assert mapping["filterCriteria"] == {"filters": [{"pattern": '{"eventName": ["INSERT"]}'}]}


def test_components_stand_for_stream_and_function() -> None:
    def build(*, stand: bool) -> None:
        orders, made = table(stream="NEW_IMAGE"), function(snap_start=True)
        if stand:
            stack.StreamSubscription("placed", stream_arn=orders, function=made)
        else:
            stack.StreamSubscription(
                "placed", stream_arn=orders.stream_arn, function=made.function, alias=made.alias_name
            )

    assert registered(lambda: build(stand=True)) == registered(lambda: build(stand=False))


def test_the_key_of_a_table_follows_its_stream() -> None:
    def build() -> None:
        stack.StreamSubscription(
            "placed", stream_arn=table(stream="NEW_IMAGE", key_arn=KEY), function=function()
        )

    statements = json.loads(graph_of(build).named("placed-read").inputs["policy"])["Statement"]
    assert statements[-1] == {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [KEY]}


def test_names_are_those_of_pulumi_by_default() -> None:
    def build() -> Graph:
        return graph_of(lambda: stack.StreamSubscription("placed", stream_arn=STREAM, function=function()))

    assert all("name" not in build().named(f"placed-{part}").inputs for part in ("dead-letters", "age-alarm"))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: subscription(stream_arn="orders"), "`stream_arn` is 'orders', which is no table's stream"),
        (
            lambda: subscription(stream_arn=table().stream_arn),
            "`stream_arn` is '', which is no table's stream",
        ),
        (lambda: subscription(batch_size=0), "`batch_size` is 0. Choose 1 to 10000"),
        (lambda: subscription(record_filters=[]), r"`record_filters` has 0 patterns"),
        (
            lambda: subscription(record_filters=[{"eventname": ["INSERT"]}]),
            "has 'eventname' at its top.*eventName",
        ),
        (
            lambda: subscription(record_filters=[{"eventName": [pulumi.Output.from_input({"x": 1})]}]),
            r"`record_filters\[0\]` has the filter",
        ),
        (
            lambda: subscription(alarm_topic_arns=["oncall"]),
            "`alarm_topic_arns` is 'oncall', which is not an ARN",
        ),
    ],
)
def test_wrong_arguments_are_refused(build: Callable[[], Any], message: str) -> None:
    with pytest.raises(stack.InvalidArgument, match=message):
        graph_of(build)
