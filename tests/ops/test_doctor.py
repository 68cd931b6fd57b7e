"""`python -m ops doctor`: every check is ok for a healthy stack, and names the remedy for each fault.

Each test breaks some parts of a healthy stack (the doubles of AWS, the simulator, the Bedrock stand-in) and checks that exactly their
lines change. Not proven: what real Atlassian sites and Bedrock answer in these cases.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from ops.checks import aws
from tests.handlers.pipeline import Pipeline
from tests.ops.deployed import Deployed


@pytest.fixture
def healthy(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    """A healthy stack, with an administrator's token for the webhooks."""
    admin = deployed.pipeline.site.account("admin")
    monkeypatch.setenv("KINEXUS_ADMIN_EMAIL", admin.email)
    monkeypatch.setenv("KINEXUS_ADMIN_TOKEN", admin.token)
    return deployed


def findings(said: str) -> dict[str, tuple[str, str]]:
    """Read the doctor's table: what → (level, the whole line's rest)."""
    found: dict[str, tuple[str, str]] = {}
    what = ""
    for line in said.splitlines():
        cells = [cell for cell in line.strip().split("   ") if cell.strip()]
        if cells and cells[0].split()[0] in ("ok", "warning", "failed"):
            level, _, rest = line.strip().partition(" ")
            what = next(name for name in NAMES if rest.strip().startswith(name))
            found[what] = (level, " ".join(rest.split()))
        elif what and line.startswith("      "):
            found[what] = (found[what][0], found[what][1] + " " + " ".join(line.split()))
    return found


NAMES = (
    "stack", "webhook secret", "Jira account", "Confluence account", "spaces", "view restrictions", "review tickets", "review links", "review fields",
    "permissions",
    "API token's age", "change webhook", "approval webhook", "webhooks", "model", "queues", "dead-letter queues", "daily sweep",
    "Jira and Confluence", "chat webhook",
)  # fmt: skip


def test_a_healthy_stack_is_ok_in_every_line(healthy: Deployed) -> None:
    code, said = healthy.command("doctor")
    found = findings(said)
    assert {level for level, _ in found.values()} == {"ok"}, said
    assert set(found) == set(NAMES) - {"webhooks", "Jira and Confluence", "review fields", "chat webhook"}
    assert "16 ok, 0 warning, 0 failed" in said
    assert code == 0


def test_the_chat_webhook_is_named_by_its_host(healthy: Deployed) -> None:
    """Its URL is a secret."""
    url = {"url": "https://hooks.slack.com/services/T0/B0/confidential"}
    arn = boto3.client("secretsmanager").create_secret(Name="chat", SecretString=json.dumps(url))["ARN"]
    set_variable("ReviewTicketCreator", CHAT_WEBHOOK_URL_SECRET_ARN=arn)
    code, said = healthy.command("doctor")
    level, rest = findings(said)["chat webhook"]
    assert (level, code) == ("ok", 0)
    assert "hooks.slack.com" in rest
    assert "confidential" not in said


def hooks(pipeline: Pipeline, path: str, **changes: Any) -> None:
    [hook] = [each for each in pipeline.site.webhooks.webhooks.values() if each.name == path]
    for name, value in changes.items():
        setattr(hook, name, value)


def set_secret(name: str, value: str) -> None:
    boto3.client("secretsmanager").put_secret_value(SecretId=name, SecretString=value)


def set_variable(function: str, **variables: str) -> None:
    client = boto3.client("lambda")
    name = f"kinexus-{function}"
    kept = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    client.update_function_configuration(FunctionName=name, Environment={"Variables": kept | variables})


def name_spaces(keys: str) -> None:
    for function in ("DocumentOrchestrator", "Sweep"):
        set_variable(function, CONFLUENCE_SPACE_KEY=keys)


def be(person: str) -> None:
    set_secret("atlassian", f'{{"apiToken": "local-api-token-of-{person}"}}')
    address = f"{person}@example.com"
    set_variable("Sweep", JIRA_EMAIL=address, CONFLUENCE_EMAIL=address)


def close_spaces(deployed: Deployed) -> None:
    for space in deployed.pipeline.site.confluence.spaces.values():
        space.writers = (deployed.pipeline.site.account("admin").account_id,)


def put_into_folder(deployed: Deployed) -> None:
    store = deployed.pipeline.site.confluence
    space = next(each for each in store.spaces.values() if each.key == "SD")
    folder = store.add_container(deployed.pipeline.site.account("developer"), "folder", space.id, "Place")
    store.create(deployed.pipeline.site.account("developer"), space.id, "Inside", "<p>x</p>", folder.id)


def give_up(url: str) -> None:
    boto3.client("sqs").send_message(QueueUrl=url, MessageBody="{}")


def switch_off(function: str) -> None:
    client = boto3.client("lambda")
    [mapping] = client.list_event_source_mappings(FunctionName=f"kinexus-{function}")["EventSourceMappings"]
    client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)


Break = Callable[[Deployed], None]
Case = tuple[Break, str, str, str, str]
#: Faults by group: each with its line, its level, words of the finding, words of the remedy.
BROKEN: dict[str, list[Case]] = {
    "the token expired": [
        (
            lambda d: d.pipeline.site.people.revoke("kinexus"),
            "Jira account", "failed", "401", "pulumi config set --secret jiraApiToken",
        ),
    ],
    "many things": [
        (
            lambda d: be("developer"),
            "Jira account", "warning", "Dana Developer (developer@example.com) may be a person", "account of its own",
        ),
        (
            lambda d: name_spaces("SD,NOPE"),
            "spaces", "failed", "the Kinexus account: NOPE", "confluenceSpaceKey",
        ),
        (
            lambda d: set_variable("ReviewTicketCreator", JIRA_REVIEW_PROJECT_KEY="NOPE"),
            "review tickets", "failed", "no project NOPE", "jiraReviewProject",
        ),
        (
            lambda d: hooks(d.pipeline, "/webhooks/jira", url="https://example.com/elsewhere"),
            "change webhook", "failed", "no webhook goes to http://", "create it in Jira",
        ),
        (
            lambda d: hooks(d.pipeline, "/webhooks/approval", enabled=False),
            "approval webhook", "failed", "is disabled", "enable it",
        ),
        (
            lambda d: set_secret("webhook", '{"secrets": []}'),
            "webhook secret", "failed", "there is none", "openssl rand",
        ),
        (
            lambda d: setattr(d.pipeline.model, "may_invoke", lambda function, model: "not granted"),
            "model", "failed", "AccessDeniedException: not granted", "bedrock:InvokeModel",
        ),
        (
            lambda d: switch_off("ReviewTicketCreator"),
            "queues", "failed", "no messages reach ReviewTicketCreator", "event source mapping",
        ),
    ],
    "many other things": [
        (put_into_folder, "view restrictions", "warning", "1 of ", "pulumi config set trustFolders true"),
        (close_spaces, "spaces", "failed", "may not write pages in SD", "Add/edit pages"),
        (
            lambda d: set_variable("ReviewTicketCreator", REVIEW_ISSUE_TYPE="Sub-task", JIRA_REVIEW_PROJECT_KEY="PAY2"),
            "review tickets", "failed", "Sub-task is a sub-task type", "reviewIssueType to one of Story, Task",
        ),
        (
            lambda d: set_variable("ReviewTicketCreator", REVIEW_LINK_TYPE="Related"),
            "review links", "failed", "no link type Related", "reviewLinkType to one of Blocks",
        ),
        (
            lambda d: hooks(d.pipeline, "/webhooks/jira", events=("comment_created",)),
            "change webhook", "failed", "not for jira:issue_updated", "updated",
        ),
        (
            lambda d: hooks(d.pipeline, "/webhooks/approval", secret=""),
            "approval webhook", "failed", "has no secret", "webhookSecret",
        ),
        (
            lambda d: set_secret("webhook", '{"secrets": ["old", "new"]}'),
            "webhook secret", "warning", "2 secrets are accepted", "webhookSecret to it alone",
        ),
        (
            lambda d: set_variable("DocumentOrchestrator", BEDROCK_MODEL_ID="amazon.nova-none-v1:0"),
            "model", "failed", "amazon.nova-none-v1:0", "inference profile",
        ),
    ],
    "a sweep that does not start": [
        (
            lambda d: give_up(d.dead_letters["Sweep"]),
            "daily sweep", "failed", "could not be started by its schedule (1 in", "python -m ops sweep",
        ),
    ],
    "what may be on purpose": [
        (
            lambda d: set_variable("ApprovalHandler", ALLOW_UNSIGNED_WEBHOOKS="true"),
            "webhook secret", "warning", "anyone can send false ones", "allowUnsignedWebhooks false",
        ),
        (
            lambda d: give_up(d.dead_letters["ApprovalHandler"]),
            "dead-letter queues", "warning", "1 message failed in ApprovalHandler", "python -m ops redrive",
        ),
        (
            lambda d: boto3.client("sqs").delete_queue(QueueUrl=d.dead_letters["Sweep"]),
            "daily sweep", "warning", "there is none", "pulumi config set sweepSchedule",
        ),
    ],
}  # fmt: skip


@pytest.mark.parametrize("cases", BROKEN.values(), ids=BROKEN.keys())
def test_each_fault_is_named_with_its_remedy(healthy: Deployed, cases: list[Case]) -> None:
    for broken, *_ in cases:
        broken(healthy)
    code, said = healthy.command("doctor")
    found = findings(said)
    for _, line, level, seen, remedy in cases:
        assert line in found, said
        assert found[line][0] == level, said
        for words in (seen, remedy):
            assert words in found[line][1], said
    told = {name for name, (how, _) in found.items() if how != "ok"}
    assert told == {line for _, line, *_ in cases}, said
    assert code == int(any(level == "failed" for _, _, level, *_ in cases))


def test_without_an_administrator_webhooks_are_checked_by_hand(deployed: Deployed) -> None:
    code, said = deployed.command("doctor")
    level, line = findings(said)["webhooks"]
    assert (level, code) == ("warning", 0)
    assert "only Jira administrators can list them" in line
    assert "KINEXUS_ADMIN_TOKEN" in line
    assert f"{deployed.pipeline.gateway.url}/webhooks/approval" in line


@pytest.mark.parametrize(
    ("expires", "days", "level", "seen"),
    [
        ("", 300, "ok", "2027-01-01 if it was created then"),
        ("", 340, "warning", "2027-01-01 if it was created then"),
        ("", 400, "warning", "2027-01-01 if it was created then"),
        ("2026-06-30", 149, "ok", "expires on 2026-06-30, in 31 days"),
        ("2026-06-30", 150, "warning", "expires on 2026-06-30, in 30 days"),
        ("2026-06-30", 181, "failed", "expired on 2026-06-30"),
    ],
)
def test_the_tokens_expiry_is_known_or_estimated(
    expires: str, days: int, level: str, seen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = datetime(2026, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(time, "time", lambda: stored.timestamp() + days * 24 * 3600)

    class Secrets:
        """The used part of Secrets Manager; the double sets its own time of the version."""

        def get_secret_value(self, SecretId: str) -> dict[str, Any]:  # noqa: N803
            return {"CreatedDate": stored, "ARN": SecretId, "SecretString": "{}"}

    class Stack:
        """The used part of a deployment."""

        settings = type(
            "Known",
            (),
            {
                "jira_api_token_secret_arn": "arn:aws:secretsmanager:…:atlassian",
                "atlassian_token_expires": expires,
            },
        )

        def client(self, _service: str) -> Secrets:
            return Secrets()

    [finding] = aws.token_age(Stack())  # type: ignore[arg-type]
    assert finding.level == level
    assert seen in finding.seen


def test_a_jira_outage_does_not_stop_the_other_checks(healthy: Deployed) -> None:
    from local.atlassian.fault_injection import Fault

    healthy.pipeline.site.faults.add(
        Fault(kind="status", status=503, count=1000, path="/rest/api/3/issueLinkType")
    )
    code, said = healthy.command("doctor")
    found = findings(said)
    assert found["Jira and Confluence"][0] == "failed"
    assert "503" in found["Jira and Confluence"][1]
    assert found["model"][0] == found["dead-letter queues"][0] == "ok"
    assert code == 1
