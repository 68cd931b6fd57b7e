"""A function by the clock: exactly one role that may invoke exactly this function, taken by no other account.

It does not prove that Scheduler keeps the time, nor that AWS takes every expression that is taken here.
"""

import json
from typing import Any

import pytest

from stack.arguments import InvalidArgument
from stack.function_schedule import FunctionSchedule
from stack.testing import Graph, run_program
from tests.stack.shop import function


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


def test_the_schedule_invokes_its_function_with_a_role_of_its_own() -> None:
    found = graph_of()
    function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:shop-orders"
    schedule = found.named("tidy-schedule")
    role = found.named("tidy-role").inputs
    assert schedule.inputs["name"] == "shop-tidy"
    assert schedule.inputs["scheduleExpression"] == "rate(1 day)"
    assert schedule.inputs["scheduleExpressionTimezone"] == "UTC"
    assert schedule.inputs["flexibleTimeWindow"] == {"mode": "FLEXIBLE", "maximumWindowInMinutes": 15}
    assert schedule.inputs["target"] == {
        "arn": function_arn,
        "roleArn": "arn:aws:iam::123456789012:role/shop-tidy-schedule",
        "input": "{}",
        "retryPolicy": {"maximumEventAgeInSeconds": 86400, "maximumRetryAttempts": 185},
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
        {"Effect": "Allow", "Action": ["lambda:InvokeFunction"], "Resource": [function_arn]}
    ]


@pytest.mark.parametrize(
    "expression",
    ["rate(12 hours)", "cron(30 4 * * ? *)", "cron(0 8 ? * MON-FRI *)", "at(2027-01-31T04:30:00)"],
)
def test_every_kind_of_expression_is_taken(expression: str) -> None:
    found = graph_of(expression=expression, timezone="Europe/Berlin", window_minutes=60)
    schedule = found.named("tidy-schedule").inputs
    assert schedule["scheduleExpression"] == expression
    assert schedule["scheduleExpressionTimezone"] == "Europe/Berlin"
    assert schedule["flexibleTimeWindow"]["maximumWindowInMinutes"] == 60


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"expression": "daily"}, "FunctionSchedule: `expression` is 'daily'. Write rate"),
        ({"expression": "rate(0 days)"}, "FunctionSchedule: `expression` is 'rate.0 days.'. Write rate"),
        ({"expression": "cron(30 4 * * *)"}, "`expression` is 'cron"),
        ({"window_minutes": 0}, "FunctionSchedule: `window_minutes` is 0. Choose 1 to 1440"),
        ({"schedule_name": "x" * 56}, "FunctionSchedule: `schedule_name` is 'x"),
        ({"when": "rate(1 day)"}, "FunctionSchedule: `when` is unknown"),
    ],
)
def test_a_wrong_argument_is_refused_with_field_rule_and_fix(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        graph_of(**wrong)


def test_an_alias_a_payload_and_a_boundary_when_asked() -> None:
    boundary = "arn:aws:iam::123456789012:policy/bound"
    found = graph_of(alias="live", payload={"table": "orders"}, permissions_boundary=boundary)
    target = found.named("tidy-schedule").inputs["target"]
    assert target["arn"].endswith(":function:shop-orders:live")
    assert json.loads(target["input"]) == {"table": "orders"}
    assert found.named("tidy-role").inputs["permissionsBoundary"] == boundary
    (allowed,) = json.loads(found.named("tidy-policy").inputs["policy"])["Statement"]
    assert allowed["Resource"] == [target["arn"]]
