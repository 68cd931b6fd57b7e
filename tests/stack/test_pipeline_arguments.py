"""DocumentationPipeline's arguments have the same rules and defaults as the configuration."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

import stack
from stack.pipeline.setting_schema import BY_KEY
from stack.testing import Graph, checks, run_program
from tests.secrets_in_use import STACK_API_TOKEN, STACK_LINK_KEY, STACK_WEBHOOK_SECRETS
from tests.stack.pipeline_run import SECRETS, run, some_layer

NEEDED: dict[str, Any] = {
    "jira_base_url": "https://example.atlassian.net/",
    "jira_email": "kinexus@example.com",
    "jira_api_token": STACK_API_TOKEN,
    "confluence_url": "https://example.atlassian.net/wiki",
    "confluence_space_key": "SD",
    "webhook_secrets": ", ".join(STACK_WEBHOOK_SECRETS),
    "link_key": STACK_LINK_KEY,
}


def build(name: str = "kinexus", without: str = "", **changed: Any) -> stack.DocumentationPipeline:
    args = {**NEEDED, "layer_archive": some_layer(), **changed}
    args.pop(without, None)
    return stack.DocumentationPipeline(name, args)  # type: ignore[call-overload, no-any-return]


def later(value: Any) -> pulumi.Output[Any]:
    return pulumi.Output.secret(value)


REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: stack.DocumentationPipeline("x", {}), r"`confluence_space_key` is missing. Required: confluence_space"),  # type: ignore[call-overload]
    (lambda: build(jira_url="x"), r"`jira_url` is unknown"),
    (lambda: build(four_eyes="yes"), r"`four_eyes` is of type str. Give true or false"),
    (lambda: build(without="webhook_secrets"), r"`webhook_secrets` is not set. Set it to .*openssl"),
    (lambda: build(webhook_secrets=""), r"`webhook_secrets` is empty. For example: "),
    (lambda: build(webhook_secrets=later(" , ")), r"`webhook_secrets` is empty"),
    (lambda: build(link_key="short"), r"`link_key` has 5 characters, but needs at least 32"),
    (lambda: build(link_key=later("short")), r"`link_key` has 5 characters, but needs at least 32"),
    (lambda: build(jira_api_token=""), r"`jira_api_token` is empty"),
    (lambda: build(jira_base_url="http://jira.example.com"), r"the token would be sent unencrypted"),
    (lambda: build(confluence_url=later("https://x.example")), r"`confluence_url` is .* must end in /wiki"),
    (lambda: build(name_prefix="Kinexus"), r"`name_prefix` is 'Kinexus', but may hold only lower-case letters.* For example: kinexus"),
    (lambda: build(name="a-pipeline-with-a-long-name"), r"`name_prefix` is 'a-pipeline-with-a-long-name-dev'"),
    (lambda: build(max_revisions=0), r"`max_revisions` is '0', but must be a number from 1 to 20"),
    (lambda: build(log_retention_days=31.0), r"`log_retention_days` is '31', but must be one of 1, 3"),
    (lambda: build(sweep_schedule="daily"), r"`sweep_schedule` is 'daily'"),
    (lambda: build(allow_unsigned_webhooks=True), r"`allow_unsigned_webhooks` is true, but production .* Set it to false"),
    (
        lambda: build(allow_unsigned_webhooks=True, production=False, register_webhooks=True, without="webhook_secrets"),
        r"`register_webhooks` is true, but there is no secret",
    ),
]  # fmt: skip


def graph_of(program: Callable[[], Any], name: str = "dev") -> Graph:
    return run_program(program, project="kinexus", stack=name)


@pytest.mark.parametrize(("program", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_a_wrong_argument_is_refused_with_field_rule_and_remedy(
    program: Callable[[], Any], message: str
) -> None:
    with pytest.raises(stack.InvalidArgument, match=f"DocumentationPipeline: .*{message}"):
        graph_of(program)


def test_unsigned_webhooks_need_production_set_to_false() -> None:
    def unsigned() -> None:
        build(allow_unsigned_webhooks=True, production=False, without="webhook_secrets")

    assert (
        graph_of(unsigned).named("kinexus-webhook-secret-value").inputs["secretString"] == '{"secrets": []}'
    )
    with pytest.raises(
        stack.InvalidArgument, match="`production` is false, but the name of the stack prod-eu"
    ):
        graph_of(unsigned, "prod-eu")


def test_missing_arguments_have_the_configurations_defaults() -> None:
    def inputs(graph: Graph) -> dict[str, Any]:
        return {each.urn: {**each.inputs, "code": ""} for each in graph.resources}

    needed = {
        "aws:region", "jiraBaseUrl", "jiraEmail", "confluenceUrl", "confluenceSpaceKey", "layerArchive", *SECRETS,
    }  # fmt: skip
    others = set(BY_KEY) - needed
    assert inputs(graph_of(build)) == inputs(run("dev", without=tuple(sorted(others))))


def test_one_program_can_create_two_pipelines() -> None:
    def program() -> None:
        build("orders")
        build("billing", name_prefix="money")

    found = graph_of(program)
    assert [urn for urn, times in Counter(found.urns()).items() if times > 1] == []
    assert checks.same_name_twice(found) == []
    assert {each.name.split("-")[0] for each in found.resources} == {"orders", "billing"}
    assert len(found.resources) == 2 * len(graph_of(build).resources)
    assert found.named("orders-Sweep", "aws:lambda/function:Function").inputs["name"] == "orders-dev-Sweep"
    assert found.named("billing-Sweep", "aws:lambda/function:Function").inputs["name"] == "money-Sweep"
