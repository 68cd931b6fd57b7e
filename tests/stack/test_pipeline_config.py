"""A missing or malformed setting is refused before anything is registered, with its key and the command."""

import re

import pytest

from stack.pipeline.stack_config import InvalidConfiguration
from stack.testing import run_program
from tests.secrets_in_use import SECRET_SETTING
from tests.stack.pipeline_run import ROOT, SECRETS, run, settings_of, some_layer

REQUIRED = (
    "jiraBaseUrl", "jiraEmail", "confluenceUrl", "confluenceSpaceKey", "jiraApiToken", "webhookSecret", "linkKey",
)  # fmt: skip

MALFORMED = [
    ("namePrefix", "Kinexus", "may hold only lower-case letters, digits and `-`, 2 to 25 of them"),
    ("namePrefix", "kinexus-with-a-very-long-name", "may hold only lower-case letters"),
    ("jiraBaseUrl", "acme.atlassian.net", "must be a URL"),
    ("jiraBaseUrl", "http://acme.atlassian.net", "unencrypted"),
    ("jiraBaseUrl", "https://acme.atlassian.net?x=1", "no query"),
    ("jiraBaseUrl", "https://bücher.example", "must have a host in ASCII letters"),
    ("confluenceUrl", "https://acme.atlassian.net", "must end in /wiki"),
    ("jiraEmail", "nobody", "must be an e-mail address"),
    ("confluenceSpaceKey", "SD,O P S", "'O P S'"),
    ("confluenceSpaceKey", " , ", "empty"),
    ("jiraReviewProject", "docs", "must be a project key"),
    ("approverGroupId", "admins", "must be the id of a group (36 characters), not its name"),
    ("alarmEmail", "nobody", "must be an e-mail address"),
    ("bedrockModelId", "nova", "must be the id or ARN of a Bedrock model"),
    ("linkKey", "short", "5 characters, but needs at least 32"),
    ("fourEyes", "maybe", "true or false"),
    ("reviewFields", "{customfield_1: 2}", "must be JSON"),
    ("reviewFields", '["customfield_1"]', "a JSON object of fields by id"),
    ("reviewFields", '{"labels": ["docs"]}', "contains labels, but Kinexus sets that field itself"),
    ("trustFolders", "maybe", "true or false"),
    ("sweepSchedule", "daily", "must be a rate(…), cron(…) or at(…) expression, or off"),
    ("maxRevisions", "0", "from 1 to 20"),
    ("maxChangeAgeDays", "soon", "from 1 to 3650"),
    ("bedrockGuardrail", "abcdefghij12", "a colon and its version"),
    ("maxDraftsPerDay", "0", "from 1 to 2000"),
    ("logRetentionDays", "31", "one of 1, 3, 5"),
]


def remedy(key: str) -> str:
    secret = "--secret " if key in ("jiraApiToken", "webhookSecret", "linkKey") else ""
    return f"pulumi config set {secret}{key} "


@pytest.mark.parametrize("key", REQUIRED)
def test_a_missing_setting_is_named_with_its_command(key: str) -> None:
    with pytest.raises(InvalidConfiguration, match=rf"kinexus:{key} is not set.*{re.escape(remedy(key))}\S"):
        run(without=(key,))


@pytest.mark.parametrize(("key", "value", "problem"), MALFORMED)
def test_a_malformed_setting_is_named_with_rule_and_command(key: str, value: str, problem: str) -> None:
    pattern = rf"kinexus:{key} .*{re.escape(problem)}.*{re.escape(remedy(key))}\S"
    with pytest.raises(InvalidConfiguration, match=pattern):
        run(**{key: value})


UNKNOWN = [
    ("approverGroupID", "approverGroupId"),
    ("approvergroupid", "approverGroupId"),
    ("approver_group_id", "approverGroupId"),
    ("approverAccountId", "approverAccountIds"),
    ("webhookSecrets", "webhookSecret"),
    ("JiraBaseUrl", "jiraBaseUrl"),
    ("fourEye", "fourEyes"),
    ("confluenceSpaceKeys", "confluenceSpaceKey"),
]


@pytest.mark.parametrize(("key", "meant"), UNKNOWN)
def test_a_mistyped_key_is_refused_with_a_suggestion(key: str, meant: str) -> None:
    pattern = (
        rf"no setting kinexus:{key}; did you mean {meant}\? .*remove {key} with: pulumi config rm {key}$"
    )
    with pytest.raises(InvalidConfiguration, match=pattern):
        run(**{key: "x"})


@pytest.mark.parametrize("value", ["x", "", '{"of": {"us": 1}}', "[1, 2]"])
def test_an_unknown_key_is_refused_with_any_value(value: str) -> None:
    with pytest.raises(
        InvalidConfiguration, match=r"kinexus:colour\. Remove colour with: pulumi config rm colour$"
    ):
        run(colour=value)


def test_an_unknown_key_from_the_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG", '{"kinexus:approverGroupID": "x"}')
    with pytest.raises(InvalidConfiguration, match="did you mean approverGroupId"):
        run_program(ROOT, project="kinexus", stack="dev", config=settings_of("dev"))


def test_keys_of_other_namespaces_are_ignored() -> None:
    config = {**settings_of("dev"), **{f"kinexus:{key}": value for key, value in SECRETS.items()}}
    config |= {"aws:profile": "dev", "pulumi:tags": "{}", "kinexusother:approverGroupID": "x"}
    config["kinexus:layerArchive"] = some_layer()
    assert run_program(
        ROOT, project="kinexus", stack="dev", config=config, secret_keys=tuple(SECRETS)
    ).resources


def test_the_value_of_an_unknown_key_is_not_shown() -> None:
    with pytest.raises(InvalidConfiguration) as caught:
        run(jiraApiTokn=SECRET_SETTING)
    assert SECRET_SETTING not in str(caught.value)


def test_a_secret_in_plain_text_is_refused() -> None:
    config = {**settings_of("dev"), **{f"kinexus:{key}": value for key, value in SECRETS.items()}}
    with pytest.raises(
        InvalidConfiguration, match=r"jiraApiToken is stored in plain text.*--secret jiraApiToken"
    ):
        run_program(
            ROOT, project="kinexus", stack="dev", config=config, secret_keys=["linkKey", "webhookSecret"]
        )


def test_errors_never_show_a_secret() -> None:
    with pytest.raises(InvalidConfiguration) as caught:
        run(linkKey=SECRET_SETTING)
    assert SECRET_SETTING not in str(caught.value)


def test_unsigned_webhooks_are_refused_in_production() -> None:
    """Elsewhere they need no secret."""
    with pytest.raises(
        InvalidConfiguration, match=r"allowUnsignedWebhooks is true, but production .*Webhooks false"
    ):
        run("prod", allowUnsignedWebhooks="true")
    graph = run("dev", allowUnsignedWebhooks="true", without=("webhookSecret",))
    assert graph.named("kinexus-webhook-secret-value").inputs["secretString"] == '{"secrets": []}'


@pytest.mark.parametrize("stack", ["dev", "live", "acme-eu"])
def test_a_stack_is_production_unless_it_says_otherwise(stack: str) -> None:
    with pytest.raises(InvalidConfiguration, match=r"production accepts only signed webhooks"):
        run("dev", named=stack, allowUnsignedWebhooks="true", without=("production",))


@pytest.mark.parametrize("stack", ["prod", "production", "Prod-eu"])
def test_a_stack_named_prod_is_production(stack: str) -> None:
    with pytest.raises(
        InvalidConfiguration, match=rf"production is false, but .* {stack}.*config set production true"
    ):
        run("dev", named=stack, allowUnsignedWebhooks="true", production="false")


def test_plain_http_is_accepted_for_localhost_only() -> None:
    graph = run("dev", jiraBaseUrl="http://127.0.0.1:8080", confluenceUrl="http://localhost:8080/wiki/")
    variables = graph.named("kinexus-ApprovalHandler", "aws:lambda/function:Function").inputs["environment"][
        "variables"
    ]
    assert variables["JIRA_BASE_URL"] == "http://127.0.0.1:8080"
    assert variables["CONFLUENCE_URL"] == "http://localhost:8080/wiki"
