"""The exact permissions of each role, and no wildcard without a written reason.

Not proven: that the functions need all of them (the local region tests that), and what an account's service control
policies or boundaries deny.
"""

import json
from typing import Any

import pulumi
import pytest

from stack.pipeline.bedrock_permissions import model_statements
from stack.testing import checks, run_program
from tests.stack.pipeline_run import FUNCTIONS, graph, run
from tests.stack.test_pipeline_graph import SNAPSHOTS

WIDE_WITH_A_REASON = {
    (f"kinexus-{name}-policy.policy", f"xray:Put{what}"): "X-Ray knows no resources"
    for name in FUNCTIONS
    for what in ("TelemetryRecords", "TraceSegments")
}

LINT_EXCEPTIONS = {
    ("RESOURCE_MISMATCH", "bedrock:InvokeModel"): (
        "parliament asks for an ARN of every kind of resource that the action knows; ours names the right one"
    ),
}
"""False findings of parliament (issue, action), each with the reason; they apply to every stack."""

HERE = "eu-central-1:123456789012"
CHANGES = f"arn:aws:dynamodb:{HERE}:table/kinexus-changes"
DOCUMENTS = f"arn:aws:dynamodb:{HERE}:table/kinexus-documents"
DRAFTS, REVIEWS = (
    f"arn:aws:s3:::kinexus-documents-123456789012-eu-central-1/{prefix}/*" for prefix in ("drafts", "reviews")
)


def allow(actions: str, *resources: str, service: str) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": [f"{service}:{action}" for action in actions.split()],
        "Resource": list(resources),
    }


def table(actions: str, arn: str) -> dict[str, Any]:
    return allow(actions, arn, service="dynamodb")


def secret(name: str) -> dict[str, Any]:
    arn = f"arn:aws:secretsmanager:{HERE}:secret:kinexus/{name}-AbCdEf"
    return allow("GetSecretValue", arn, service="secretsmanager")


def own_log_and_traces(name: str) -> list[dict[str, Any]]:
    group = f"arn:aws:logs:{HERE}:log-group:/aws/lambda/kinexus-{name}:*"
    return [
        allow("CreateLogStream PutLogEvents", group, service="logs"),
        allow("PutTelemetryRecords PutTraceSegments", "*", service="xray"),
    ]


def own_queue(name: str) -> dict[str, Any]:
    arn = f"arn:aws:sqs:{HERE}:kinexus-{name}"
    actions = (
        "ChangeMessageVisibility DeleteMessage GetQueueAttributes GetQueueUrl ReceiveMessage SendMessage"
    )
    return allow(actions, arn, service="sqs")


PUBLISH = allow("PutEvents", f"arn:aws:events:{HERE}:event-bus/kinexus-events", service="events")
PROFILE = f"arn:aws:bedrock:{HERE}:inference-profile/eu.amazon.nova-lite-v1:0"
ASK = (
    allow("InvokeModel", PROFILE, service="bedrock"),
    allow("InvokeModel", "arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0", service="bedrock")
    | {"Condition": {"ArnEquals": {"bedrock:InferenceProfileArn": [PROFILE]}}},
)

RIGHTS = {
    "JiraWebhookHandler": [
        table("GetItem PutItem", CHANGES),
        PUBLISH,
        secret("webhook"),
    ],
    "DocumentOrchestrator": [
        table("GetItem PutItem UpdateItem", CHANGES),
        table("DeleteItem GetItem PutItem UpdateItem", DOCUMENTS),
        table("Query", f"{DOCUMENTS}/index/created-pages"),
        allow("GetObject PutObject", DRAFTS, service="s3"),
        allow("PutObject", REVIEWS, service="s3"),
        PUBLISH,
        secret("atlassian"),
        *ASK,
        own_queue("DocumentOrchestrator"),
    ],
    "ReviewTicketCreator": [
        table("DeleteItem GetItem PutItem UpdateItem", DOCUMENTS),
        allow("GetObject", DRAFTS, service="s3"),
        allow("PutObject", REVIEWS, service="s3"),
        secret("atlassian"),
        secret("review-links"),
        own_queue("ReviewTicketCreator"),
    ],
    "ApprovalHandler": [
        table("DeleteItem GetItem UpdateItem", DOCUMENTS),
        allow("GetObject", DRAFTS, service="s3"),
        allow("PutObject", REVIEWS, service="s3"),
        PUBLISH,
        secret("webhook"),
        secret("atlassian"),
        own_queue("ApprovalHandler"),
    ],
    "ReviewPage": [allow("GetObject", REVIEWS, service="s3"), secret("review-links")],
    "Sweep": [
        table("GetItem PutItem", CHANGES),
        table("Query", f"{CHANGES}/index/by-status"),
        table("GetItem UpdateItem", DOCUMENTS),
        table("Query", f"{DOCUMENTS}/index/by-status"),
        allow("GetObject", DRAFTS, service="s3"),
        PUBLISH,
        secret("atlassian"),
    ],
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_role_has_exactly_these_statements(name: str) -> None:
    found = checks.role_statements(graph("dev"), f"kinexus-{name}-role")
    expected = [*own_log_and_traces(name), *RIGHTS[name]]
    assert sorted(map(json.dumps, found)) == sorted(map(json.dumps, expected))


def test_only_the_function_that_announces_reviews_reads_the_chat_webhook() -> None:
    """Without the setting there is no such secret."""
    url = "https://hooks.slack.com/services/T0/B0/made-up"
    found = run("dev", chatWebhookUrl=url)
    for name in FUNCTIONS:
        statements = checks.role_statements(found, f"kinexus-{name}-role")
        expected = [*own_log_and_traces(name), *RIGHTS[name]]
        expected += [secret("chat-webhook")] if name == "ReviewTicketCreator" else []
        assert sorted(map(json.dumps, statements)) == sorted(map(json.dumps, expected))
    value = found.named("kinexus-chat-secret-value")
    assert json.loads(value.inputs["secretString"]) == {"url": url}
    assert checks.plain_secrets(found, url) == []
    assert not [each for each in graph("dev").resources if "chat" in each.name]


def test_only_lambda_and_the_schedule_may_assume_roles() -> None:
    roles = {role.inputs["name"]: role.inputs for role in graph("dev").of_type("aws:iam/role:Role")}
    schedule = json.loads(roles.pop("kinexus-Sweep-schedule")["assumeRolePolicy"])["Statement"]
    assert [one["Principal"] for one in schedule] == [{"Service": "scheduler.amazonaws.com"}]
    assert sorted(roles) == sorted(f"kinexus-{name}-role" for name in FUNCTIONS)
    for role in roles.values():
        assert json.loads(role["assumeRolePolicy"])["Statement"] == [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
        ]
        assert "managedPolicyArns" not in role
    assert graph("dev").of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment") == ()


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_policies_equal_the_snapshot(stack: str) -> None:
    """If the change is intended, write the snapshot again: `python -m tests.stack.write_snapshots`."""
    assert checks.policy_documents(graph(stack)) == json.loads(
        (SNAPSHOTS / f"{stack}-policies.json").read_text()
    )


def test_prod_allows_the_same_as_dev_with_own_names() -> None:
    prod = json.dumps(checks.policy_documents(graph("prod")))
    assert "kinexus-prod" in prod
    assert json.loads(prod.replace("kinexus-prod", "kinexus")) == checks.policy_documents(graph("dev"))


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_no_wildcard_is_without_a_reason(stack: str) -> None:
    assert checks.wildcard_resources(graph(stack), WIDE_WITH_A_REASON) == []
    assert checks.wildcard_actions(graph(stack)) == []
    assert checks.policies_from_elsewhere(graph(stack)) == {}
    assert len(checks.wildcard_resources(graph(stack), {})) == len(WIDE_WITH_A_REASON)


@pytest.mark.parametrize("stack", ["dev", "prod"])
@pytest.mark.parametrize(
    "model", ["amazon.nova-lite-v1:0", "us.amazon.nova-lite-v1:0", "global.amazon.nova-2-lite-v1:0"]
)
def test_parliament_finds_nothing_in_any_policy(stack: str, model: str) -> None:
    assert checks.policy_faults(run(stack, bedrockModelId=model), LINT_EXCEPTIONS) == []


def bedrock(model: str) -> list[dict[str, Any]]:
    statements = checks.role_statements(run("dev", bedrockModelId=model), "kinexus-DocumentOrchestrator-role")
    return [dict(statement) for statement in statements if statement["Action"] == ["bedrock:InvokeModel"]]


@pytest.mark.parametrize(
    ("guardrail", "arn"),
    [
        ("abcdefghij12:1", f"arn:aws:bedrock:{HERE}:guardrail/abcdefghij12"),
        ("arn:aws:bedrock:eu-west-1:123456789012:guardrail/x1:DRAFT",
         "arn:aws:bedrock:eu-west-1:123456789012:guardrail/x1"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_guardrail_may_be_applied_only_where_it_is_set(guardrail: str, arn: str) -> None:
    graph = run("dev", bedrockGuardrail=guardrail)
    found = [
        statement
        for statement in checks.role_statements(graph, "kinexus-DocumentOrchestrator-role")
        if "bedrock:ApplyGuardrail" in statement["Action"]
    ]
    assert found == ([allow("ApplyGuardrail", arn, service="bedrock")] if arn else [])


def test_a_model_id_allows_one_foundation_model_in_this_region() -> None:
    assert bedrock("amazon.nova-pro-v1:0") == [
        allow(
            "InvokeModel",
            "arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-pro-v1:0",
            service="bedrock",
        )
    ]


@pytest.mark.parametrize(
    ("asked", "extra"),
    [
        ("us.amazon.nova-lite-v1:0", []),
        ("eu.amazon.nova-lite-v1:0", []),
        ("global.amazon.nova-lite-v1:0", ["arn:aws:bedrock:::foundation-model/amazon.nova-lite-v1:0"]),
    ],
)
def test_an_inference_profile_allows_its_model_only_through_itself(asked: str, extra: list[str]) -> None:
    profile = f"arn:aws:bedrock:{HERE}:inference-profile/{asked}"
    through = allow(
        "InvokeModel", "arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0", *extra, service="bedrock"
    )
    through["Condition"] = {"ArnEquals": {"bedrock:InferenceProfileArn": [profile]}}
    assert bedrock(asked) == [allow("InvokeModel", profile, service="bedrock"), through]


@pytest.mark.parametrize(
    ("region", "model", "partition"),
    [
        ("us-gov-west-1", "us-gov.amazon.nova-lite-v1:0", "aws-us-gov"),
        ("us-gov-west-1", "amazon.nova-lite-v1:0", "aws-us-gov"),
        (
            "us-gov-east-1",
            "arn:aws-us-gov:bedrock:us-gov-east-1:1:inference-profile/us-gov.amazon.nova-lite-v1:0",
            "aws-us-gov",
        ),
        ("us-east-1", "us.amazon.nova-lite-v1:0", "aws"),
    ],
)
def test_permissions_use_the_regions_partition(region: str, model: str, partition: str) -> None:
    def program() -> None:
        pulumi.export("rights", model_statements(model, region, "123456789012"))

    rights = run_program(program).outputs["rights"]
    arns = [arn for one in rights for arn in one["resources"]]
    assert arns
    assert {arn.split(":")[1] for arn in arns} == {partition}


def test_an_application_profile_allows_models_only_through_itself() -> None:
    profile = f"arn:aws:bedrock:{HERE}:application-inference-profile/abc123"
    first, second = bedrock(profile)
    assert first["Resource"] == [profile]
    assert second["Condition"] == {"ArnEquals": {"bedrock:InferenceProfileArn": [profile]}}
