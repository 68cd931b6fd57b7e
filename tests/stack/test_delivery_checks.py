"""The test kit finds every place where work can be lost, and reports none where it is kept."""

from collections.abc import Callable
from typing import Any

import pulumi_aws as aws
import pytest

from stack.testing import checks, run_program

DEAD = "arn:aws:sqs:eu-central-1:123456789012:dead"
STREAM = "arn:aws:kinesis:eu-central-1:123456789012:stream/clicks"


def schedule(**target: Any) -> None:
    aws.scheduler.Schedule(
        "nightly",
        flexible_time_window={"mode": "OFF"},
        schedule_expression="rate(1 day)",
        target={
            "arn": "arn:aws:lambda:eu-central-1:123456789012:function:f",
            "role_arn": "arn:role",
            **target,
        },
    )


def rule_target(**more: Any) -> None:
    aws.cloudwatch.EventTarget("target", rule="rule", arn=DEAD, **more)


def subscription(protocol: str, **more: Any) -> None:
    aws.sns.TopicSubscription("sub", topic="arn:topic", protocol=protocol, endpoint="x", **more)


def from_queue(**more: Any) -> aws.sqs.Queue:
    queue = aws.sqs.Queue("queue", name="work", **more)
    aws.lambda_.EventSourceMapping("mapping", function_name="f", event_source_arn=queue.arn)
    return queue


def redriven_apart() -> None:
    aws.sqs.RedrivePolicy("redrive", queue_url=from_queue().id, redrive_policy="{}")


def mapping(arn: str, **more: Any) -> None:
    aws.lambda_.EventSourceMapping("mapping", function_name="f", event_source_arn=arn, **more)


def stream_of_a_table() -> None:
    table = aws.dynamodb.Table("table", name="orders", hash_key="id", stream_enabled=True)
    aws.lambda_.EventSourceMapping("mapping", function_name="f", event_source_arn=table.stream_arn)


KEPT = {"destination_config": {"on_failure": {"destination_arn": DEAD}}}


@pytest.mark.parametrize(
    ("program", "found"),
    [
        (lambda: schedule(), ["nightly"]),
        (lambda: schedule(dead_letter_config={"arn": DEAD}), []),
        (lambda: rule_target(), ["target"]),
        (lambda: rule_target(dead_letter_config={"arn": DEAD}), []),
        (lambda: subscription("lambda"), ["sub"]),
        (lambda: subscription("sqs", redrive_policy="{}"), []),
        (lambda: subscription("email"), []),
        (lambda: from_queue(), ["queue"]),
        (lambda: from_queue(redrive_policy="{}"), []),
        (redriven_apart, []),
        (lambda: mapping("arn:aws:sqs:eu-central-1:123456789012:theirs"), ["mapping"]),
        (lambda: mapping(STREAM), ["mapping"]),
        (lambda: mapping(STREAM, **KEPT), []),
        (stream_of_a_table, ["mapping"]),
    ],
)
def test_undeliverable_work_is_kept_or_found(program: Callable[[], Any], found: list[str]) -> None:
    assert checks.targets_without_dead_letters(run_program(program)) == found


@pytest.mark.parametrize("program", [lambda: from_queue(redrive_policy="{}"), lambda: from_queue()])
def test_a_preview_finds_the_same_without_arns(program: Callable[[], Any]) -> None:
    created, previewed = run_program(program), run_program(program, preview=True)
    assert checks.targets_without_dead_letters(previewed) == checks.targets_without_dead_letters(created)


def function(**more: Any) -> aws.lambda_.Function:
    return aws.lambda_.Function("f", name="f", role="arn:role", **more)


def by_rule(made: aws.lambda_.Function) -> None:
    aws.cloudwatch.EventTarget("target", rule="rule", arn=made.arn, dead_letter_config={"arn": DEAD})


def by_schedule(made: aws.lambda_.Function) -> None:
    aws.scheduler.Schedule(
        "nightly",
        flexible_time_window={"mode": "OFF"},
        schedule_expression="rate(1 day)",
        target={"arn": made.arn, "role_arn": "arn:role", "dead_letter_config": {"arn": DEAD}},
    )


def by_topic(made: aws.lambda_.Function) -> None:
    aws.sns.TopicSubscription("sub", topic="arn:topic", protocol="lambda", endpoint=made.arn)


def by_bucket(made: aws.lambda_.Function) -> None:
    called = {"lambda_function_arn": made.arn, "events": ["s3:ObjectCreated:*"]}
    aws.s3.BucketNotification("told", bucket="b", lambda_functions=[called])


def destination(made: aws.lambda_.Function, qualifier: str | None = None) -> None:
    aws.lambda_.FunctionEventInvokeConfig(
        "calls",
        function_name=made.name,
        qualifier=qualifier,
        destination_config={"on_failure": {"destination": DEAD}},
    )


@pytest.mark.parametrize("caller", [by_rule, by_schedule, by_topic, by_bucket])
def test_an_asynchronous_function_needs_a_failure_destination(
    caller: Callable[[aws.lambda_.Function], None],
) -> None:
    def lost() -> None:
        caller(function())

    def kept_by_destination() -> None:
        made = function()
        caller(made)
        destination(made)

    def kept_by_queue() -> None:
        caller(function(dead_letter_config={"target_arn": DEAD}))

    missing = checks.asynchronous_functions_without_destination
    assert missing(run_program(lost)) == ["f"]
    assert missing(run_program(kept_by_destination)) == missing(run_program(kept_by_queue)) == []


def test_a_destination_counts_only_for_its_alias() -> None:
    def calling(alias: str) -> Callable[[], None]:
        def program() -> None:
            made = function()
            rule_target(dead_letter_config={"arn": DEAD})
            aws.cloudwatch.EventTarget(
                "by-alias", rule="rule", arn=made.arn.apply(lambda arn: f"{arn}:{alias}")
            )
            destination(made, "live")

        return program

    assert checks.asynchronous_functions_without_destination(run_program(calling("live"))) == []
    assert checks.asynchronous_functions_without_destination(run_program(calling("canary"))) == ["f"]


def test_functions_of_queues_and_apis_need_no_destination() -> None:
    assert (
        checks.asynchronous_functions_without_destination(run_program(lambda: (function(), from_queue())))
        == []
    )
