"""The test kit reads every policy of a role, in any form, and finds every wildcard.

Not proven: that IAM reads them the same way; the forms are those of IAM's reference of policy elements.
"""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from stack.testing import Graph, checks, run_program

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
HERE = "eu-central-1:123456789012"


def text(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


READ = allow("s3:GetObject", "arn:aws:s3:::orders/*")
WRITE = allow(["s3:PutObject"], ["arn:aws:s3:::orders/*"])


def with_policy(policy: str) -> Graph:
    return run_program(lambda: aws.iam.RolePolicy("p", name="p", role="reader", policy=policy))


def role(name: str = "reader", **more: Any) -> aws.iam.Role:
    return aws.iam.Role(name, name=name, assume_role_policy="{}", **more)


def test_not_action_and_not_resource_are_wide() -> None:
    graph = with_policy(
        text(
            {"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"},
            {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::secrets/*"},
            {"Effect": "Deny", "NotAction": "s3:*", "NotResource": "arn:aws:s3:::orders/*"},
        )
    )
    assert checks.wildcard_actions(graph) == ["p.policy: all but iam:*, sts:*"]
    assert checks.wildcard_resources(graph, {}) == [
        "p.policy: all but iam:*, sts:* on *",
        "p.policy: s3:GetObject on all but arn:aws:s3:::secrets/*",
    ]


def test_a_single_statement_equals_a_list_of_one() -> None:
    graph = with_policy(json.dumps({"Version": "2012-10-17", "Statement": allow("s3:*", "*")}))
    assert checks.wildcard_actions(graph) == ["p.policy: s3:*"]
    assert checks.wildcard_resources(graph, {}) == ["p.policy: s3:* on *"]
    assert checks.role_statements(graph, "reader") == [allow("s3:*", "*")]


@pytest.mark.parametrize(
    "arn",
    [
        "*",
        "?*",
        "arn:aws:s3*",
        "arn:aws:s3:::*",
        "arn:aws:s3:::*/*",
        "arn:aws:s3:::*-logs/*",
        "arn:aws:*:*:*:*",
        "arn:*:s3:::orders",
        f"arn:aws:dynamodb:{HERE}:*",
        f"arn:aws:dynamodb:{HERE}:table/*",
        f"arn:aws:dynamodb:{HERE}:table*",
        f"arn:aws:dynamodb:{HERE}:table/*/index/*",
        "arn:aws:dynamodb:eu-central-1:*:table/orders",
        f"arn:aws:sqs:{HERE}:*",
        f"arn:aws:sns:{HERE}:*",
        f"arn:aws:lambda:{HERE}:function:*",
        f"arn:aws:lambda:{HERE}:function:*:live",
        f"arn:aws:logs:{HERE}:log-group:*",
        f"arn:aws:logs:{HERE}:log-group:/*",
        f"arn:aws:logs:{HERE}:*:*",
        f"arn:aws:secretsmanager:{HERE}:secret:*",
        f"arn:aws:ssm:{HERE}:parameter/*",
        f"arn:aws:events:{HERE}:event-bus/*",
        f"arn:aws:execute-api:{HERE}:*/prod/POST/orders",
        "arn:aws:apigateway:eu-central-1::/apis/*",
        f"arn:aws:elasticloadbalancing:{HERE}:loadbalancer/app/*",
        "arn:aws:bedrock:eu-central-1::foundation-model/*",
        "arn:aws:iam::123456789012:role/*",
    ],
)
def test_all_of_a_service_type_or_account_is_wide(arn: str) -> None:
    assert checks.wildcard_resources(with_policy(text(allow("x:Do", arn))), {}) == [
        f"p.policy: x:Do on {arn}"
    ]


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:s3:::orders",
        "arn:aws:s3:::orders/*",
        "arn:aws:s3:::orders/drafts/*",
        f"arn:aws:dynamodb:{HERE}:table/orders",
        f"arn:aws:dynamodb:{HERE}:table/orders/index/*",
        f"arn:aws:dynamodb:{HERE}:table/shop-*",
        f"arn:aws:sqs:{HERE}:orders",
        f"arn:aws:lambda:{HERE}:function:orders:*",
        f"arn:aws:logs:{HERE}:log-group:/aws/lambda/orders:*",
        f"arn:aws:execute-api:{HERE}:abc123/prod/*",
        f"arn:aws:elasticloadbalancing:{HERE}:loadbalancer/app/orders/*",
        "arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0",
    ],
)
def test_a_part_of_one_resource_is_not_wide(arn: str) -> None:
    assert checks.wildcard_resources(with_policy(text(allow("x:Do", arn))), {}) == []


def test_a_reason_covers_one_document_and_action() -> None:
    """It has to be written, and needed."""
    graph = with_policy(text(allow(["xray:PutTraceSegments", "ses:SendEmail"], "*")))
    assert checks.wildcard_resources(
        graph,
        {
            ("p.policy", "xray:PutTraceSegments"): "X-Ray knows no resources",
            ("p.policy", "ses:SendEmail"): " ",
            ("q.policy", "ses:SendEmail"): "of another document",
        },
    ) == ["p.policy: ses:SendEmail on *", "q.policy: the reason for ses:SendEmail excuses nothing"]


def attach_by_resource() -> None:
    aws.iam.RolePolicyAttachment("attach", role=role().name, policy_arn=ADMINISTRATOR)


def attach_to_several() -> None:
    aws.iam.PolicyAttachment("attach", name="attach", roles=[role().name], policy_arn=ADMINISTRATOR)


def attach_exclusively() -> None:
    aws.iam.RolePolicyAttachmentsExclusive("attach", role_name=role().name, policy_arns=[ADMINISTRATOR])


def attach_on_the_role() -> None:
    role(managed_policy_arns=[ADMINISTRATOR])


@pytest.mark.parametrize(
    ("program", "key"),
    [
        (attach_by_resource, "attach.policyArn"),
        (attach_to_several, "attach.policyArn"),
        (attach_exclusively, "attach.policyArns[0]"),
        (attach_on_the_role, "reader.managedPolicyArns[0]"),
    ],
)
def test_a_foreign_attached_policy_is_always_found(program: Callable[[], None], key: str) -> None:
    graph = run_program(program)
    assert checks.role_statements(graph, "reader") == [{"ManagedPolicy": ADMINISTRATOR}]
    assert checks.policies_from_elsewhere(graph) == {key: ADMINISTRATOR}
    assert checks.wildcard_resources(graph, {}) == [f"{key}: {ADMINISTRATOR}, whose text is not in the graph"]
    assert checks.wildcard_resources(graph, {(key, ADMINISTRATOR): "this role repairs the account"}) == []


def test_a_roles_statements_come_from_all_its_policies() -> None:
    def program() -> None:
        reader = role(inline_policies=[{"name": "inside", "policy": text(READ)}])
        other = role("other")
        aws.iam.RolePolicy("beside", name="beside", role=reader.id, policy=text(WRITE))
        policy = aws.iam.Policy("apart", name="apart", policy=text(allow("sns:Publish", "*")))
        aws.iam.RolePolicyAttachment("attach", role=reader.name, policy_arn=policy.arn)
        aws.iam.RolePolicyAttachment("attach-other", role=other.name, policy_arn=ADMINISTRATOR)

    graph = run_program(program)
    assert checks.role_statements(graph, "reader") == [WRITE, READ, allow("sns:Publish", "*")]
    assert checks.role_statements(graph, "other") == [{"ManagedPolicy": ADMINISTRATOR}]
    assert sorted(checks.policy_documents(graph)) == [
        "apart.policy", "beside.policy", "reader.inlinePolicies[0].policy",
    ]  # fmt: skip
    assert checks.wildcard_resources(graph, {("attach-other.policyArn", ADMINISTRATOR): "a reason"}) == [
        "apart.policy: sns:Publish on *"
    ]


def test_a_missing_role_is_an_error_an_empty_one_not() -> None:
    graph = run_program(lambda: role())
    assert checks.role_statements(graph, "reader") == []
    with pytest.raises(LookupError, match=r"no role is named 'raeder'.* there are: reader"):
        checks.role_statements(graph, "raeder")


def test_a_role_named_by_pulumi_is_found_by_its_policies() -> None:
    def program() -> None:
        unnamed = aws.iam.Role("unnamed", assume_role_policy="{}")
        aws.iam.RolePolicy("p", role=unnamed.name, policy=text(READ))

    assert checks.role_statements(run_program(program), "unnamed") == [READ]


def test_an_unreadable_policy_is_an_error() -> None:
    def program() -> None:
        topic = aws.sns.Topic("topic")
        policy = topic.arn.apply(lambda arn: text(allow("sns:Publish", arn)))
        aws.iam.RolePolicy("p", role="reader", policy=policy)

    with pytest.raises(ValueError, match="a preview does not know this policy's text"):
        checks.role_statements(run_program(program, preview=True), "reader")
    broken = with_policy('{"Statement": [')
    with pytest.raises(ValueError, match="Expecting value"):
        checks.role_statements(broken, "reader")
    assert checks.policy_documents(broken) == {}


def test_policies_of_one_name_do_not_hide_each_other() -> None:
    def below(kind: str, statement: dict[str, Any]) -> None:
        parent = pulumi.ComponentResource(f"test:index:{kind}", kind)
        child = pulumi.ResourceOptions(parent=parent)
        aws.iam.RolePolicy("p", name=kind, role="reader", policy=text(statement), opts=child)

    def program() -> None:
        below("First", allow("s3:*", "*"))
        below("Second", READ)

    graph = run_program(program)
    first, second = (
        f"urn:pulumi:dev::project::test:index:{kind}$aws:iam/rolePolicy:RolePolicy::p.policy"
        for kind in ("First", "Second")
    )
    assert sorted(checks.policy_documents(graph)) == [first, second]
    assert checks.wildcard_actions(graph) == [f"{first}: s3:*"]
    assert checks.wildcard_resources(graph, {}) == [f"{first}: s3:* on *"]
