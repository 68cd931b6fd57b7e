"""A scheduled function: one role that may invoke exactly this function; failed starts are kept and raise an alarm.

Not proven: that Scheduler is on time, and that AWS accepts every expression that is accepted here.
"""

import json
from typing import Any

import pytest

from stack.arguments.validation import InvalidArgument
from stack.schedule.args import FunctionScheduleArgs
from stack.schedule.function_schedule import FunctionSchedule
from stack.testing import Graph, run_program
from tests.stack.shop import KEY, TOPIC, function


def graph_of(**more: Any) -> Graph:
    def build() -> FunctionSchedule:
        given: Any = {
            "schedule_name": "shop-tidy",
            "expression": "rate(1 day)",
            "function": function().function,
            **more,
        }
        return FunctionSchedule("tidy", given)

    return run_program(build)


DEAD_LETTERS = "arn:aws:sqs:eu-central-1:123456789012:shop-tidy-schedule-dead-letters"


def test_the_schedule_invokes_its_function_with_its_own_role() -> None:
    found = graph_of()
    function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:shop-orders"
    schedule = found.named("tidy-schedule")
    role = found.named("tidy-role").inputs
    assert schedule.inputs["name"] == "shop-tidy"
    assert schedule.inputs["scheduleExpression"] == "rate(1 day)"
    assert schedule.inputs["scheduleExpressionTimezone"] == "UTC"
    assert schedule.inputs["state"] == "ENABLED"
    assert schedule.inputs["flexibleTimeWindow"] == {"mode": "OFF"}
    assert schedule.inputs["target"] == {
        "arn": function_arn,
        "roleArn": "arn:aws:iam::123456789012:role/shop-tidy-schedule",
        "input": "{}",
        "retryPolicy": {"maximumEventAgeInSeconds": 86400, "maximumRetryAttempts": 185},
        "deadLetterConfig": {"arn": DEAD_LETTERS},
    }
    assert found.named("tidy-policy").urn in schedule.dependencies
    assert json.loads(role["assumeRolePolicy"])["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "scheduler.amazonaws.com"},
            "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
        }
    ]
    assert json.loads(found.named("tidy-policy").inputs["policy"])["Statement"] == [
        {"Effect": "Allow", "Action": ["lambda:InvokeFunction"], "Resource": [function_arn]},
        {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": [DEAD_LETTERS]},
    ]


def test_failed_starts_are_kept_for_14_days_with_an_alarm() -> None:
    """And encrypted."""
    found = graph_of(alarm_topic_arns=[TOPIC])
    assert found.named("tidy-dead-letters").inputs == {
        "name": "shop-tidy-schedule-dead-letters",
        "messageRetentionSeconds": 14 * 86400,
        "sqsManagedSseEnabled": True,
    }
    alarm = found.named("tidy-dead-letters-alarm").inputs
    assert (alarm["metricName"], alarm["threshold"]) == ("ApproximateNumberOfMessagesVisible", 1)
    assert alarm["dimensions"] == {"QueueName": "shop-tidy-schedule-dead-letters"}
    assert (alarm["alarmActions"], alarm["name"]) == ([TOPIC], "shop-tidy-schedule-dead-letters")
    outputs = found.named("tidy", "kinexus:index:FunctionSchedule").registered_outputs
    assert outputs is not None
    assert outputs["deadLetterQueueName"] == "shop-tidy-schedule-dead-letters"


def test_an_own_key_encrypts_dead_letters() -> None:
    found = graph_of(key_arn=KEY)
    assert found.named("tidy-dead-letters").inputs["kmsMasterKeyId"] == KEY
    *_, key = json.loads(found.named("tidy-policy").inputs["policy"])["Statement"]
    assert key == {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": [KEY]}


def test_a_name_with_dots_gives_a_queue_name_without() -> None:
    queue = graph_of(schedule_name="shop.tidy").named("tidy-dead-letters").inputs
    assert queue["name"] == "shop-tidy-schedule-dead-letters"


def test_exact_time_retries_and_pause_can_be_set() -> None:
    found = graph_of(window_minutes=0, delivery_retries=2, delivery_age_seconds=600, enabled=False)
    schedule = found.named("tidy-schedule").inputs
    assert schedule["flexibleTimeWindow"] == {"mode": "OFF"}
    assert schedule["state"] == "DISABLED"
    assert schedule["target"]["retryPolicy"] == {
        "maximumEventAgeInSeconds": 600,
        "maximumRetryAttempts": 2,
    }


def test_a_published_function_is_called_by_its_alias() -> None:
    def build(**more: Any) -> None:
        made = function(snap_start=True)
        given: FunctionScheduleArgs = {
            "schedule_name": "tidy",
            "expression": "rate(1 day)",
            "function": made.function,
        }
        if more:
            given["alias"] = made.alias_name
        FunctionSchedule("tidy", given)

    with pytest.raises(
        InvalidArgument, match="FunctionSchedule: `alias` is missing, but the function has published"
    ):
        run_program(build)
    target = run_program(lambda: build(alias=True)).named("tidy-schedule").inputs["target"]
    assert target["arn"].endswith(":function:shop-orders:live")


@pytest.mark.parametrize(
    "expression",
    [
        "rate(12 hours)",
        "cron(30 4 * * ? *)",
        "cron(0 8 ? * MON-FRI *)",
        "at(2027-01-31T04:30:00)",
        "cron(0/5 8-17 ? * 2#1 *)",
        "cron(0 0 L * ? *)",
        "cron(0 0 15W JAN,jul ? 2027-2030)",
        "cron(0 0 ? * 6L *)",
        "cron(0-15/1 8-8 ? * 2,3,4,5,6,7 *)",
        "cron(*/10 * ? * * *)",
        "at(2024-02-29T00:00:00)",
    ],
)
def test_every_kind_of_expression_is_accepted(expression: str) -> None:
    found = graph_of(expression=expression, timezone="Europe/Berlin", window_minutes=60)
    schedule = found.named("tidy-schedule").inputs
    assert schedule["scheduleExpression"] == expression
    assert schedule["scheduleExpressionTimezone"] == "Europe/Berlin"
    assert schedule["flexibleTimeWindow"]["maximumWindowInMinutes"] == 60


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"expression": "daily"}, "FunctionSchedule: `expression` is 'daily'. Write rate.1 day., cron"),
        ({"expression": "rate(0 days)"}, "FunctionSchedule: `expression` is 'rate.0 days.'. Write rate"),
        ({"expression": "cron(30 4 * * *)"}, "`expression` is 'cron"),
        ({"expression": "cron(99 99 * * ? *)"}, "has '99' as minutes: use 0 to 59. Write rate"),
        ({"expression": "cron(0 0 * * * *)"}, "needs `.` in exactly one of day of month and day of week"),
        ({"expression": "cron(0 0 ? * ? *)"}, "needs `.` in exactly one of"),
        ({"expression": "cron(0 0 ? * MONDAY *)"}, "has 'MONDAY' as day of week: use 1 to 7"),
        ({"expression": "cron(0 0 ? * 2#6 *)"}, "has '2#6' as day of week"),
        ({"expression": "cron(0/0 0 ? * * *)"}, "has '0/0' as minutes"),
        ({"expression": "cron(0 0 1 * ? 1969)"}, "has '1969' as year: use 1970 to 2199"),
        ({"expression": "at(2027-02-29T00:00:00)"}, "is no time in the calendar"),
        ({"expression": "at(2001-01-01T00:00:00)"}, "is before 2022"),
        (
            {"timezone": "Europe/Berln"},
            "`timezone` is 'Europe/Berln', which is no time zone. Did you mean `Europe/Berlin`",
        ),
        ({"timezone": "somewhere"}, "`timezone` is 'somewhere', which is no time zone"),
        ({"window_minutes": 1441}, "FunctionSchedule: `window_minutes` is 1441. Choose 0 to 1440"),
        ({"delivery_retries": 186}, "FunctionSchedule: `delivery_retries` is 186. Choose 0 to 185"),
        ({"delivery_age_seconds": 59}, "FunctionSchedule: `delivery_age_seconds` is 59. Choose 60 to"),
        ({"alarm_topic_arns": ["oncall"]}, "`alarm_topic_arns` is 'oncall', which is not an ARN"),
        ({"key_arn": "alias/own"}, "FunctionSchedule: `key_arn` is 'alias/own', which is not an ARN"),
        (
            {"key_arn": "arn:aws:kms:eu-central-1:123456789012:alias/own"},
            "FunctionSchedule: `key_arn` is 'arn.*, an alias. Give the key's own ARN",
        ),
        ({"schedule_name": "x" * 56}, "FunctionSchedule: `schedule_name` is 'x"),
        ({"when": "rate(1 day)"}, "FunctionSchedule: `when` is unknown"),
    ],
)
def test_a_wrong_argument_is_refused_with_field_rule_and_remedy(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        graph_of(**wrong)


def test_alias_payload_and_boundary_can_be_set() -> None:
    boundary = "arn:aws:iam::123456789012:policy/bound"
    found = graph_of(alias="live", payload={"table": "orders"}, permissions_boundary=boundary)
    target = found.named("tidy-schedule").inputs["target"]
    assert target["arn"].endswith(":function:shop-orders:live")
    assert json.loads(target["input"]) == {"table": "orders"}
    assert found.named("tidy-role").inputs["permissionsBoundary"] == boundary
    allowed, _ = json.loads(found.named("tidy-policy").inputs["policy"])["Statement"]
    assert allowed["Resource"] == [target["arn"]]
