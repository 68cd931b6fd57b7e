"""JiraWebhook and Preflight in Pulumi's own provider host: preview, creation, drift, update, deletion.

The host is the engine's: a separate process that gets the serialised provider and the stack's settings. Not proven:
what the engine does with the answers (printing a failure, ordering the steps).
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pulumi.output import Unknown

from local import bedrock, seed
from local.atlassian import Running, Site, serve
from stack.pipeline.jira_webhook import JiraWebhookProvider
from stack.pipeline.preflight_provider import PreflightProvider
from tests.secrets_in_use import HOOK_SECRET
from tests.stack.dynamic_host import UNKNOWN, Hosted, host


class Around:
    """The host, and the services that its providers call."""

    def __init__(self, jira: Running, model: bedrock.StandIn, stub: Any) -> None:
        self.jira, self.model = jira, model
        self.webhook, self.preflight = Hosted(stub, JiraWebhookProvider()), Hosted(stub, PreflightProvider())


@pytest.fixture(scope="module")
def around() -> Iterator[Around]:
    site, model = Site(), bedrock.StandIn()
    seed.load(site)
    with serve(site) as jira:
        answering = bedrock.serve(model)
        admin = site.account("admin")
        config = {"kinexus:jiraApiToken": site.account("kinexus").token}
        environment = {
            "KINEXUS_ADMIN_EMAIL": admin.email,
            "KINEXUS_ADMIN_TOKEN": admin.token,
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": answering.url,
            "AWS_ENDPOINT_URL_BEDROCK": answering.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }
        with host(config, environment) as stub:
            yield Around(jira, model, stub)
        answering.stop()


def wanted_webhook(around: Around, **changed: Any) -> dict[str, Any]:
    props = {
        "jira_url": around.jira.url, "webhook_name": "kinexus: approval", "url": "https://example.com/hook",
        "events": ["jira:issue_updated"], "jql": "labels = documentation-review", "secret": HOOK_SECRET,
    }  # fmt: skip
    return {**props, **changed}


def test_a_webhook_is_previewed_created_updated_recreated_and_deleted(around: Around) -> None:
    hook, registered = around.webhook, around.jira.site.webhooks.webhooks
    inputs, failures = hook.check({}, wanted_webhook(around, url=UNKNOWN))
    assert failures == []
    assert isinstance(inputs["url"], Unknown)

    id_, state = hook.create(wanted_webhook(around))
    assert [each.name for each in registered.values()] == ["kinexus: approval"]
    assert around.jira.site.account("admin").token not in json.dumps(state)
    assert hook.diff(id_, state, wanted_webhook(around)) == (False, [])

    narrower = wanted_webhook(around, jql="labels = x")
    assert hook.diff(id_, state, narrower) == (True, [])
    state = hook.update(id_, state, narrower)
    assert [each.jql for each in registered.values()] == ["labels = x"]

    registered.clear()  # as a person does by hand
    assert hook.read(id_, state) == ""
    assert hook.diff(id_, state, narrower) == (True, ["url"])
    hook.delete(id_, state)
    id_, state = hook.create(narrower)
    assert len(registered) == 1

    hook.delete(id_, state)
    assert registered == {}


def looked_at(around: Around, **changed: Any) -> dict[str, Any]:
    props = {
        "jira_url": around.jira.url, "confluence_url": f"{around.jira.url}/wiki", "email": "kinexus@example.com",
        "space_keys": "SD", "review_project": "", "review_issue_type": "Task", "approver_group": "",
        "region": "eu-central-1", "model_id": "amazon.nova-lite-v1:0",
    }  # fmt: skip
    return {**props, **changed}


def test_a_preview_checks_the_values_it_knows(around: Around) -> None:
    asked, requests = len(around.model.calls()), len(around.jira.site.requests)
    inputs, failures = around.preflight.check({}, looked_at(around, region=UNKNOWN))
    assert failures == []
    assert isinstance(inputs["region"], Unknown)
    assert len(around.model.calls()) == asked
    assert len(around.jira.site.requests) > requests

    requests = len(around.jira.site.requests)
    inputs, failures = around.preflight.check({}, looked_at(around, jira_url=UNKNOWN))
    assert (failures, inputs["notes"]) == ([], [])
    assert len(around.model.calls()) == asked + 1
    assert len(around.jira.site.requests) == requests


def test_every_update_checks_again_and_changes_nothing(around: Around) -> None:
    inputs, failures = around.preflight.check({}, looked_at(around))
    assert failures == []
    id_, state = around.preflight.create(inputs)
    assert around.jira.site.account("kinexus").token not in json.dumps([inputs, state])

    again, failures = around.preflight.check(inputs, looked_at(around))
    assert (again, failures) == (inputs, [])
    assert around.preflight.diff(id_, state, again) == (False, [])

    around.jira.site.people.revoke("kinexus")
    _, [refusal] = around.preflight.check(inputs, looked_at(around))
    around.jira.site.people.restore("kinexus")
    assert "pulumi config set --secret jiraApiToken" in refusal

    other, _ = around.preflight.check(inputs, looked_at(around, review_project="PAY2"))
    assert around.preflight.diff(id_, state, other) == (True, [])
    assert around.preflight.update(id_, state, other)["review_project"] == "PAY2"
