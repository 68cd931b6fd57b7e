"""What some functions need and most do not: a network of one's own, rules for failed asynchronous calls."""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from ..arguments.iam_policy import PolicyStatement, statement
from ..arguments.validation import check_arn, check_fields, check_range, known_value, reject

_NETWORK_ACTIONS = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)
_DELIVER = {
    "events": "events:PutEvents",
    "lambda": "lambda:InvokeFunction",
    "sns": "sns:Publish",
    "sqs": "sqs:SendMessage",
}


class VpcPlacement(TypedDict):
    """Where in a network of one's own a function runs; it reaches the internet only through a NAT gateway."""

    subnet_ids: pulumi.Input[list[pulumi.Input[str]]]
    """Subnets, in two availability zones at least."""
    security_group_ids: pulumi.Input[list[pulumi.Input[str]]]
    """Security groups of its network interfaces."""


class AsynchronousCalls(TypedDict):
    """What becomes of calls that nobody waits for."""

    maximum_retries: NotRequired[int]
    """Tries after the first, 0 to 2; 2 by default."""
    maximum_age_seconds: NotRequired[int]
    """How long Lambda keeps trying, 60 to 21600; six hours by default."""
    on_failure_arn: NotRequired[pulumi.Input[str]]
    """Queue, topic, bus or function that gets what failed for good; it is lost by default."""
    on_success_arn: NotRequired[pulumi.Input[str]]
    """Queue, topic, bus or function that hears of what succeeded; nobody by default."""


def network_statements(vpc: VpcPlacement | None) -> list[pulumi.Output[PolicyStatement]]:
    """Permit the network interfaces of a function in a network of one's own."""
    # Lambda creates and finds interfaces by itself, and EC2 lets it only on all resources.
    return [statement(_NETWORK_ACTIONS, "*")] if vpc else []


def delivery_statements(calls: AsynchronousCalls | None) -> list[pulumi.Output[PolicyStatement]]:
    """Permit to deliver what became of calls to its destinations."""
    return [pulumi.Output.from_input(arn).apply(_delivery) for arn in _destinations(calls).values()]


def _destinations(calls: AsynchronousCalls | None) -> dict[str, pulumi.Input[str]]:
    """List by outcome where calls are reported to."""
    found: dict[str, pulumi.Input[str]] = {}
    if calls and "on_failure_arn" in calls:
        found["on_failure"] = calls["on_failure_arn"]
    if calls and "on_success_arn" in calls:
        found["on_success"] = calls["on_success_arn"]
    return found


def _delivery(arn: str) -> PolicyStatement:
    """Permit to deliver to one destination."""
    return {"actions": [_DELIVER[arn.split(":")[2]]], "resources": [arn]}


def configure_calls(
    name: str,
    calls: AsynchronousCalls,
    function: aws.lambda_.Function,
    alias: pulumi.Input[str] | None,
    opts: pulumi.ResourceOptions,
) -> None:
    """Tell Lambda what becomes of asynchronous calls of a function, or of one of its aliases."""
    destinations = _destinations(calls)
    aws.lambda_.FunctionEventInvokeConfig(
        name,
        function_name=function.name,
        qualifier=alias,
        maximum_retry_attempts=calls.get("maximum_retries", 2),
        maximum_event_age_in_seconds=calls.get("maximum_age_seconds", 21600),
        destination_config={end: {"destination": arn} for end, arn in destinations.items()} or None,
        opts=opts,
    )


def check_options(component: str, vpc: VpcPlacement | None, calls: AsynchronousCalls | None) -> None:
    """Refuse what Lambda would refuse."""
    if vpc is not None:
        check_fields(f"{component}.vpc", vpc, VpcPlacement)
        for field in ("subnet_ids", "security_group_ids"):
            if known_value(vpc[field]) == []:
                fix = "Name at least one, or leave `vpc` out for a function outside of any network."
                reject(component, f"vpc.{field}", "is empty", fix)
    if calls is not None:
        check_fields(f"{component}.asynchronous", calls, AsynchronousCalls)
        check_range(component, "asynchronous.maximum_retries", calls.get("maximum_retries"), 0, 2)
        check_range(
            component, "asynchronous.maximum_age_seconds", calls.get("maximum_age_seconds"), 60, 21600
        )
        for end, arn in _destinations(calls).items():
            check_arn(component, f"asynchronous.{end}_arn", arn, *_DELIVER)
            if str(known_value(arn) or "").endswith(".fifo"):
                reject(
                    component, f"asynchronous.{end}_arn", "is a FIFO queue or topic, and Lambda delivers to none",
                    "Give a standard one.",
                )  # fmt: skip
