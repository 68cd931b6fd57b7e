"""Policy documents are evaluated as by IAM, as far as the stack needs it; unknown elements are refused."""

import json
from typing import Any

import pytest

from local.region.bedrock_permissions import denial
from local.region.iam_evaluator import UnreadablePolicy, allows, matches_pattern
from local.region.resource_registry import Function, ResourceRegistry

QUEUE = "arn:aws:sqs:us-east-1:123456789012:orders"
RULE = "arn:aws:events:us-east-1:123456789012:rule/shop/paid"


def _document(**statement: Any) -> str:
    given = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE, **statement}
    return json.dumps({"Version": "2012-10-17", "Statement": given})


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ({}, True),
        ({"Action": ["sqs:Send*"]}, True),
        ({"Action": "SQS:sendmessage"}, True),
        ({"Action": "*"}, True),
        ({"Action": "sqs:ReceiveMessage"}, False),
        ({"Resource": "arn:aws:sqs:*:*:ord*"}, True),
        ({"Resource": f"{QUEUE}-other"}, False),
        ({"Resource": QUEUE.upper()}, False),
        ({"Condition": {"ArnEquals": {"aws:SourceArn": RULE}}}, True),
        ({"Condition": {"ArnEquals": {"AWS:SourceArn": [f"{RULE}-x", RULE]}}}, True),
        ({"Condition": {"ArnLike": {"aws:SourceArn": f"{RULE}x"}}}, False),
        ({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, False),
        ({"Condition": {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}}, True),
    ],
)  # fmt: skip
def test_statement_allows(statement: dict[str, Any], allowed: bool) -> None:
    context = {"aws:SourceArn": RULE}
    assert allows([_document(**statement)], "sqs:SendMessage", QUEUE, context) is allowed


def test_denial_wins_whatever_the_order() -> None:
    yes, no = _document(), _document(Effect="Deny", Action="sqs:*")
    assert not allows([yes, no], "sqs:SendMessage", QUEUE)
    assert not allows([no, yes], "sqs:SendMessage", QUEUE)


@pytest.mark.parametrize(
    ("principal", "allowed"),
    [({"Service": "events.amazonaws.com"}, True), ({"Service": ["sns.amazonaws.com"]}, False), ("*", True), (None, False)],
)  # fmt: skip
def test_resource_policy_checks_the_caller(principal: Any, allowed: bool) -> None:
    document = _document(Principal=principal)
    assert allows([document], "sqs:SendMessage", QUEUE, principal="events.amazonaws.com") is allowed


@pytest.mark.parametrize(
    "statement", [{"NotAction": "x"}, {"Condition": {"DateLessThan": {"aws:SourceArn": "x"}}}]
)
def test_unsupported_policy_elements_are_errors(statement: dict[str, Any]) -> None:
    with pytest.raises(UnreadablePolicy):
        allows([_document(**statement)], "sqs:SendMessage", QUEUE, {"aws:SourceArn": RULE})


def test_only_star_and_question_mark_are_wildcards() -> None:
    assert matches_pattern("a[b]*", "a[b]c")
    assert not matches_pattern("a[b]*", "abc")
    assert not matches_pattern("a.c", "abc")


def _registry(*statements: dict[str, Any]) -> ResourceRegistry:
    role = "arn:aws:iam::123456789012:role/writer-role"
    function = Function("writer", "arn:…", role, 10, "/aws/lambda/writer")
    document = json.dumps(
        {"Statement": [{"Effect": "Allow", "Action": "bedrock:InvokeModel", **s} for s in statements]}
    )
    return ResourceRegistry(
        role_policies={"writer-role": {"writer": document}}, functions={"writer": function}
    )


MODEL = "amazon.nova-lite-v1:0"
PROFILE = f"arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.{MODEL}"
EVERYWHERE = f"arn:aws:bedrock:*::foundation-model/{MODEL}"
THROUGH = {"StringEquals": {"bedrock:InferenceProfileArn": PROFILE}}


@pytest.mark.parametrize(
    ("model", "statements", "denied_on"),
    [
        (MODEL, [{"Resource": f"arn:aws:bedrock:us-east-1::foundation-model/{MODEL}"}], None),
        (MODEL, [{"Resource": f"arn:aws:bedrock:eu-west-1::foundation-model/{MODEL}"}], "us-east-1::foundation-model"),
        (MODEL, [{"Resource": PROFILE}, {"Resource": EVERYWHERE, "Condition": THROUGH}], "foundation-model"),
        (f"us.{MODEL}", [{"Resource": PROFILE}, {"Resource": EVERYWHERE, "Condition": THROUGH}], None),
        (f"us.{MODEL}", [{"Resource": PROFILE}], "foundation-model"),
        (f"us.{MODEL}", [{"Resource": EVERYWHERE}], "inference-profile"),
        (f"eu.{MODEL}", [{"Resource": PROFILE}, {"Resource": EVERYWHERE, "Condition": THROUGH}], "inference-profile/eu."),
    ],
)  # fmt: skip
def test_the_role_may_invoke_the_model(
    model: str, statements: list[dict[str, Any]], denied_on: str | None
) -> None:
    message = denial(_registry(*statements), "us-east-1", "123456789012", "writer", model)
    if denied_on is None:
        assert message is None
    else:
        assert message is not None
        assert "assumed-role/writer-role/writer is not authorized to perform: bedrock:InvokeModel" in message
        assert denied_on in message


def test_no_other_role_may_invoke_the_model() -> None:
    assert denial(_registry(), "us-east-1", "123456789012", "stranger", MODEL)


def test_the_deployer_may_invoke_the_model() -> None:
    assert denial(_registry(), "us-east-1", "123456789012", "", MODEL) is None
