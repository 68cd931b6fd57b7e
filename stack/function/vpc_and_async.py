"""Optional settings of a function: placement in a VPC, and retries and destinations of asynchronous invocations."""

from typing import NotRequired, TypedDict, cast

import pulumi
import pulumi_aws as aws

from ..arguments.iam_policy import PolicyStatement, statement
from ..arguments.stand_ins import DestinationArn
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
    """Subnets and security groups of a function in a VPC; it reaches the internet only through a NAT gateway."""

    subnet_ids: pulumi.Input[list[pulumi.Input[str]]]
    """Subnets, in at least two availability zones."""
    security_group_ids: pulumi.Input[list[pulumi.Input[str]]]
    """Security groups of its network interfaces."""


class AsynchronousCalls(TypedDict):
    """Retries and destinations of asynchronous invocations."""

    maximum_retries: NotRequired[int]
    """Retries after the first attempt, 0 to 2; 2 by default."""
    maximum_age_seconds: NotRequired[int]
    """How long Lambda retries, 60 to 21600; 21600 (six hours) by default."""
    on_failure_arn: NotRequired[pulumi.Input[DestinationArn]]
    """Queue, topic, bus or function that gets the events that failed permanently; by default they are dropped."""
    on_success_arn: NotRequired[pulumi.Input[DestinationArn]]
    """Queue, topic, bus or function that gets a record of each success; none by default."""


def network_statements(vpc: VpcPlacement | None) -> list[pulumi.Output[PolicyStatement]]:
    """Return the permissions for network interfaces that a function in a VPC needs."""
    # Lambda creates and finds the interfaces itself, and EC2 allows these actions only on all resources.
    return [statement(_NETWORK_ACTIONS, "*")] if vpc else []


def delivery_statements(calls: AsynchronousCalls | None) -> list[pulumi.Output[PolicyStatement]]:
    """Return the permissions to send the results of asynchronous invocations to their destinations."""
    return [pulumi.Output.from_input(arn).apply(_delivery) for arn in _destinations(calls).values()]


def _destinations(calls: AsynchronousCalls | None) -> dict[str, pulumi.Input[str]]:
    """Return the ARNs of the destinations by outcome: `on_failure`, `on_success`."""
    arns: dict[str, pulumi.Input[str]] = {}
    if calls and "on_failure_arn" in calls:
        arns["on_failure"] = cast(pulumi.Input[str], calls["on_failure_arn"])
    if calls and "on_success_arn" in calls:
        arns["on_success"] = cast(pulumi.Input[str], calls["on_success_arn"])
    return arns


def _delivery(arn: str) -> PolicyStatement:
    """Return the permission to send to one destination."""
    return {"actions": [_DELIVER[arn.split(":")[2]]], "resources": [arn]}


def configure_calls(
    name: str,
    calls: AsynchronousCalls,
    function: aws.lambda_.Function,
    alias: pulumi.Input[str] | None,
    opts: pulumi.ResourceOptions,
) -> None:
    """Configure retries and destinations of asynchronous invocations of a function, or of one of its aliases."""
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
    """Raise InvalidArgument for VPC and asynchronous settings that Lambda would reject."""
    if vpc is not None:
        check_fields(f"{component}.vpc", vpc, VpcPlacement)
        for field in ("subnet_ids", "security_group_ids"):
            if known_value(vpc[field]) == []:
                fix = "List at least one, or leave `vpc` out for a function outside of a VPC."
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
                    component, f"asynchronous.{end}_arn", "is a FIFO queue or topic, which Lambda does not support",
                    "Give a standard queue or topic.",
                )  # fmt: skip
