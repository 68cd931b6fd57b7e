"""The webhooks in Jira are created, compared, repaired, changed and removed, over HTTP against the simulated site.

Calls are made like by Pulumi's provider host: one process serialises the provider, another reads it. Not proven:
Pulumi's engine, and Jira's own endpoint, which is in no published specification.
"""

import base64
import hmac
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pulumi
import pytest
import requests
from pulumi import dynamic
from pulumi.dynamic.dynamic import serialize_provider

from local import seed
from local.atlassian import Running, Site, serve
from stack import InvalidArgument
from stack.pipeline.jira_webhook import (
    ADMIN_EMAIL,
    ADMIN_TOKEN,
    JiraWebhook,
    JiraWebhookProvider,
    WebhookRefused,
)
from stack.pipeline.stack_config import InvalidConfiguration
from stack.testing import checks, run_program
from tests.secrets_in_use import HOOK_SECRET, STACK_WEBHOOK_SECRETS
from tests.stack.pipeline_run import ROOT, run

TYPE = "pulumi-python:dynamic/kinexus:JiraWebhook"


@pytest.fixture
def jira() -> Iterator[Running]:
    with serve(Site()) as running:
        yield running


def provider(jira: Running, name: str = "admin", token: str = "") -> JiraWebhookProvider:
    account = jira.site.account(name)
    made = JiraWebhookProvider()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(ADMIN_EMAIL, account.email)
        environment.setenv(ADMIN_TOKEN, token or account.token)
        made.configure(dynamic.ConfigureRequest(dynamic.Config({}, "kinexus")))
    return made


def wanted(jira: Running, **changed: Any) -> dict[str, Any]:
    props = {
        "jira_url": jira.url,
        "webhook_name": "shop: changes",
        "url": "https://example.com/hook",
        "events": ["jira:issue_updated"],
        "jql": 'labels in ("docs")',
        "secret": HOOK_SECRET,
    }
    return {**props, **changed}


def only_webhook(jira: Running) -> Any:
    (webhook,) = jira.site.webhooks.webhooks.values()
    return webhook


def test_creates_a_signed_webhook_with_events_and_filter(jira: Running) -> None:
    created = provider(jira).create(wanted(jira))

    webhook = only_webhook(jira)
    assert created.id == str(webhook.id)
    assert (webhook.name, webhook.url, webhook.events, webhook.jql, webhook.secret, webhook.enabled) == (
        "shop: changes", "https://example.com/hook", ("jira:issue_updated",), 'labels in ("docs")', HOOK_SECRET, True,
    )  # fmt: skip
    assert created.outs == wanted(jira)


def test_the_registered_webhook_signs_its_bodies(jira: Running) -> None:
    heard: list[tuple[bytes, str]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((body, self.headers["X-Hub-Signature"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    tickets = seed.load(jira.site).tickets
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        provider(jira).create(wanted(jira, url=f"http://127.0.0.1:{server.server_port}/hook"))
        developer = jira.site.account("developer")
        answer = requests.put(
            f"{jira.url}/rest/api/3/issue/{tickets['update']}", json={"update": {"labels": [{"add": "docs"}]}},
            auth=(developer.email, developer.token), timeout=10,
        )  # fmt: skip
        assert answer.status_code == 204
        assert jira.site.drain()
        server.shutdown()
    [(body, signature)] = heard
    assert signature == "sha256=" + hmac.new(HOOK_SECRET.encode(), body, "sha256").hexdigest()


def test_webhooks_of_an_interrupted_update_are_adopted(jira: Running) -> None:
    first = provider(jira).create(wanted(jira))
    second = provider(jira).create(wanted(jira, secret="newer"))

    assert second.id == first.id
    assert only_webhook(jira).secret == "newer"


def test_an_unchanged_webhook_has_no_diff(jira: Running) -> None:
    created = provider(jira).create(wanted(jira))
    assert provider(jira).diff(created.id, wanted(jira), wanted(jira)).changes is False


@pytest.mark.parametrize(
    "change",
    [{"jql": ""}, {"url": "https://example.com/new"}, {"secret": "new"}, {"events": ["jira:issue_created"]}],
    ids=str,
)
def test_a_change_of_the_program_is_an_update_in_place(jira: Running, change: dict[str, Any]) -> None:
    created = provider(jira).create(wanted(jira))
    news = wanted(jira, **change)

    found = provider(jira).diff(created.id, wanted(jira), news)
    assert (found.changes, found.replaces) == (True, None)
    assert provider(jira).update(created.id, wanted(jira), news).outs == news
    assert provider(jira).diff(created.id, news, news).changes is False
    assert str(only_webhook(jira).id) == created.id


@pytest.mark.parametrize(
    "change", [{"jql": "project = X"}, {"enabled": False}, {"secret": ""}, {"exclude_body": True}], ids=str
)
def test_a_change_by_hand_is_repaired(jira: Running, change: dict[str, Any]) -> None:
    created = provider(jira).create(wanted(jira))
    for field, value in change.items():
        setattr(only_webhook(jira), field, value)

    assert provider(jira).read(created.id, wanted(jira)).outs != wanted(jira)
    assert provider(jira).diff(created.id, wanted(jira), wanted(jira)).changes is True
    provider(jira).update(created.id, wanted(jira), wanted(jira))
    assert provider(jira).diff(created.id, wanted(jira), wanted(jira)).changes is False


def test_a_webhook_removed_by_hand_is_recreated(jira: Running) -> None:
    created = provider(jira).create(wanted(jira))
    jira.site.webhooks.webhooks.clear()

    assert provider(jira).read(created.id, wanted(jira)).id == ""
    found = provider(jira).diff(created.id, wanted(jira), wanted(jira))
    assert found.changes
    assert found.replaces
    assert found.delete_before_replace
    provider(jira).delete(created.id, wanted(jira))
    assert provider(jira).create(wanted(jira)).id != created.id


def test_another_jira_is_a_replacement(jira: Running) -> None:
    elsewhere = wanted(jira, jira_url="https://other.atlassian.net")
    assert provider(jira).diff("1", wanted(jira), elsewhere).replaces == ["jira_url"]


def test_deletes(jira: Running) -> None:
    created = provider(jira).create(wanted(jira))
    provider(jira).delete(created.id, wanted(jira))
    assert jira.site.webhooks.webhooks == {}


@pytest.mark.parametrize(
    ("name", "token", "said"),
    [("developer", "", "lacks the global permission Administer Jira"), ("admin", "wrong", "is not valid")],
)
def test_an_error_shows_neither_token_nor_secret(jira: Running, name: str, token: str, said: str) -> None:
    with pytest.raises(WebhookRefused, match=said) as refused:
        provider(jira, name, token).create(wanted(jira))
    assert (token or jira.site.account(name).token) not in str(refused.value)
    assert HOOK_SECRET not in str(refused.value)


def test_without_an_administrator_an_update_names_what_to_set(
    jira: Running,
) -> None:
    """And a preview compares the inputs only."""
    nobody = JiraWebhookProvider()
    assert nobody.diff("1", wanted(jira), wanted(jira)).changes is False
    assert nobody.diff("1", wanted(jira), wanted(jira, jql="")).changes is True
    with pytest.raises(WebhookRefused, match=r"KINEXUS_ADMIN_TOKEN in the environment.*registerWebhooks"):
        nobody.create(wanted(jira))


def test_no_setting_holds_the_administrators_token(jira: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pulumi writes every setting into the state with the provider's inputs."""
    admin = jira.site.account("admin")
    for variable in (ADMIN_EMAIL, ADMIN_TOKEN):
        monkeypatch.delenv(variable, raising=False)
    made = JiraWebhookProvider()
    settings = {"kinexus:jiraAdminEmail": admin.email, "kinexus:jiraAdminToken": admin.token}
    made.configure(dynamic.ConfigureRequest(dynamic.Config(settings, "kinexus")))
    with pytest.raises(WebhookRefused, match=r"KINEXUS_ADMIN_TOKEN in the environment"):
        made.create(wanted(jira))


def test_the_serialised_provider_holds_no_secret_and_works_elsewhere(jira: Running) -> None:
    text = serialize_provider(JiraWebhookProvider())
    assert text == serialize_provider(JiraWebhookProvider())
    admin = jira.site.account("admin")
    code = (
        "import base64, dill, json, sys\n"
        "from pulumi.dynamic import Config, ConfigureRequest\n"
        "text, props = json.loads(sys.argv[1])\n"
        "provider = dill.loads(base64.b64decode(text))\n"
        "provider.configure(ConfigureRequest(Config({}, 'kinexus')))\n"
        "print(provider.create(props).id)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps([text, wanted(jira)])],
        cwd=ROOT, capture_output=True, text=True, check=True,
        env={**os.environ, ADMIN_EMAIL: admin.email, ADMIN_TOKEN: admin.token},
    )  # fmt: skip
    assert done.stdout.strip() == str(only_webhook(jira).id)
    assert admin.token.encode() not in base64.b64decode(text)


def test_the_pipeline_registers_both_webhooks_if_configured() -> None:
    graph = run(
        "dev", registerWebhooks="true", jiraBrowseUrl="https://x.atlassian.net", documentIssueTypes="Epic"
    )

    found = {each.name: each for each in graph.of_type(TYPE)}
    assert sorted(found) == ["kinexus-approval-webhook", "kinexus-jira-webhook"]
    inputs = {
        key: value for key, value in found["kinexus-jira-webhook"].inputs.items() if key != "__provider"
    }
    assert inputs == {
        "jira_url": "https://x.atlassian.net",
        "webhook_name": "kinexus: change detection",
        "url": graph.outputs["jiraWebhookUrl"],
        "events": ["jira:issue_updated"],
        "jql": '(statusCategory = Done AND (labels is not EMPTY OR issuetype in ("Epic"))) AND '
        "(labels is EMPTY OR labels not in (documentation-review))",
        "secret": STACK_WEBHOOK_SECRETS[0],
    }
    assert found["kinexus-jira-webhook"].secrets == {"secret"}
    assert checks.plain_secrets(graph, STACK_WEBHOOK_SECRETS[0]) == []
    assert found["kinexus-approval-webhook"].inputs["url"] == graph.outputs["approvalWebhookUrl"]
    assert graph.outputs["webhookSteps"] == ""


def test_jira_understands_what_the_pipeline_registers(jira: Running) -> None:
    graph = run(
        "dev", registerWebhooks="true", jiraBrowseUrl="https://x.atlassian.net", documentIssueTypes="Epic"
    )
    for each in graph.of_type(TYPE):
        provider(jira).create({**each.inputs, "jira_url": jira.url})
    assert len(jira.site.webhooks.webhooks) == 2
    assert {call.user_agent for call in jira.site.calls()} == {"Kinexus (webhook registration)"}


@pytest.mark.parametrize(
    ("issue_type", "labels", "is_reported"),
    [
        ("Story", ["needs-docs"], True),
        ("Epic", [], True),
        ("Story", [], False),
        ("Task", ["documentation-review", "auto-generated"], False),
        ("Epic", ["documentation-review"], False),
    ],
)
def test_the_filter_for_changes_leaves_out_review_tickets(
    jira: Running, issue_type: str, labels: list[str], is_reported: bool
) -> None:
    graph = run(
        "dev", registerWebhooks="true", jiraBrowseUrl="https://x.atlassian.net", documentIssueTypes="Epic"
    )
    site, developer = jira.site, jira.site.account("developer")
    site.jira.add_project("OPS", "Operations")
    fields = {"project": {"key": "OPS"}, "issuetype": {"name": issue_type}, "summary": "x", "labels": labels}

    def asked(method: str, path: str, body: object = None) -> Any:
        auth = (developer.email, developer.token)
        answer = requests.request(method, f"{jira.url}/rest/api/3/{path}", json=body, auth=auth, timeout=10)
        return answer.json() if answer.content else None

    key = asked("POST", "issue", {"fields": fields})["key"]
    done = next(
        way
        for way in asked("GET", f"issue/{key}/transitions")["transitions"]
        if way["to"]["statusCategory"]["key"] == "done"
    )
    asked("POST", f"issue/{key}/transitions", {"transition": {"id": done["id"]}})
    site.jira_search_lag = 0
    jql = next(each for each in graph.of_type(TYPE) if each.name == "kinexus-jira-webhook").inputs["jql"]
    found = asked("POST", "search/jql", {"jql": jql, "fields": ["key"]})["issues"]
    assert [issue["key"] for issue in found] == [key] * is_reported


def test_the_pipeline_shows_the_steps_for_manual_webhooks() -> None:
    graph = run("dev")
    assert graph.of_type(TYPE) == ()
    steps = graph.outputs["webhookSteps"]
    for part in (
        "Settings > System > WebHooks", graph.outputs["jiraWebhookUrl"], graph.outputs["approvalWebhookUrl"],
        '(statusCategory = Done AND (labels is not EMPTY)) AND (labels is EMPTY OR labels not in (documentation-review))', "labels = documentation-review AND statusCategory = Done", "Issue: updated",
    ):  # fmt: skip
        assert part in steps
    assert STACK_WEBHOOK_SECRETS[0] not in steps


def test_impossible_configuration_is_refused() -> None:
    with pytest.raises(InvalidConfiguration, match=r"no secret to sign webhooks.*registerWebhooks false"):
        run("dev", registerWebhooks="true", allowUnsignedWebhooks="true", without=("webhookSecret",))


@pytest.mark.parametrize(
    ("key", "variable"), [("jiraAdminEmail", ADMIN_EMAIL), ("jiraAdminToken", ADMIN_TOKEN)]
)
def test_a_setting_with_the_administrators_token_is_refused(key: str, variable: str) -> None:
    remedy = rf"Remove it with: pulumi config rm {key}, and set {variable} in the environment"
    with pytest.raises(InvalidConfiguration, match=rf"kinexus:{key} is not allowed, .* state. {remedy}"):
        run("dev", **{key: "admin@example.com"})


@pytest.mark.parametrize(
    ("change", "said"),
    [({"events": []}, "events"), ({"jira_url": "https://api.atlassian.com/ex/jira/1"}, "gateway"), ({"secret": ""}, "empty")],
    ids=["events", "gateway", "secret"],
)  # fmt: skip
def test_arguments_jira_would_refuse_are_refused_first(
    jira: Running, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidArgument, match=said):
        run_program(lambda: JiraWebhook("hook", wanted(jira, **change)))  # type: ignore[call-overload]


def test_the_secret_stays_secret_in_outputs_of_the_resource() -> None:
    def program() -> None:
        hook = JiraWebhook("hook", {**wanted_without_site(), "secret": HOOK_SECRET})  # type: ignore[call-overload]
        pulumi.export("id", hook.id)

    assert checks.plain_secrets(run_program(program), HOOK_SECRET) == []


def wanted_without_site() -> dict[str, Any]:
    return {
        "jira_url": "https://x.atlassian.net", "webhook_name": "n", "url": "https://example.com",
        "events": ["jira:issue_updated"], "jql": "",
    }  # fmt: skip
