"""Each function gets exactly the environment that its handler declares, with the designed values.

A handler declares a frozen dataclass `Settings` in its settings.py; the field `jira_email` is the variable
`JIRA_EMAIL`. Not proven: that a handler uses what it declares.
"""

import dataclasses
import importlib
from typing import Any

import pytest

from common.lambda_entry import environment as settings
from stack.pipeline.functions import FUNCTIONS, FunctionShape
from tests.stack.pipeline_run import graph, run

HERE = "eu-central-1:123456789012"


def environment(name: str, **changed: Any) -> dict[str, str]:
    found = run("dev", **changed) if changed else graph("dev")
    variables = found.named(f"kinexus-{name}", "aws:lambda/function:Function").inputs["environment"][
        "variables"
    ]
    return dict(variables)


def declared(shape: FunctionShape) -> Any:
    return importlib.import_module(f"handlers.{shape.package}.settings").Settings


@pytest.mark.parametrize("shape", FUNCTIONS, ids=lambda shape: shape.name)
def test_exactly_the_declared_settings_are_set(shape: FunctionShape) -> None:
    fields = {field.name.upper() for field in dataclasses.fields(declared(shape))}
    assert set(environment(shape.name)) == fields


@pytest.mark.parametrize("shape", FUNCTIONS, ids=lambda shape: shape.name)
def test_every_handler_can_read_its_environment(shape: FunctionShape) -> None:
    read = settings.read_settings(declared(shape), environment(shape.name))
    assert dataclasses.is_dataclass(read)


def test_resources_reach_the_functions_by_name_and_secrets_by_arn() -> None:
    found = (
        environment("ApprovalHandler")
        | environment("ReviewTicketCreator")
        | environment("DocumentOrchestrator")
    )
    secret = f"arn:aws:secretsmanager:{HERE}:secret:kinexus"
    expected = {
        "CHANGES_TABLE": "kinexus-changes",
        "DOCUMENTS_TABLE": "kinexus-documents",
        "DOCUMENTS_BUCKET": "kinexus-documents-123456789012-eu-central-1",
        "EVENT_BUS": "kinexus-events",
        "JIRA_API_TOKEN_SECRET_ARN": f"{secret}/atlassian-AbCdEf",
        "WEBHOOK_SECRET_ARN": f"{secret}/webhook-AbCdEf",
        "LINK_KEY_SECRET_ARN": f"{secret}/review-links-AbCdEf",
        "REVIEW_BASE_URL": "https://kinexus-api-id.execute-api.eu-central-1.amazonaws.com/prod",
    }
    assert {name: found[name] for name in expected} == expected


def test_unset_settings_have_the_designs_defaults() -> None:
    found = (
        environment("JiraWebhookHandler")
        | environment("ApprovalHandler")
        | environment("ReviewTicketCreator")
    )
    found |= environment("DocumentOrchestrator")
    expected = {
        "ALLOW_UNSIGNED_WEBHOOKS": "false",
        "DOCUMENT_LABELS": "needs-docs,new-feature,breaking-change,api-change,documentation",
        "DECLINE_LABELS": "no-docs,internal-only,tech-debt,refactor",
        "DOCUMENT_ISSUE_TYPES": "",
        "MAX_CHANGE_AGE_DAYS": "30",
        "MAX_DRAFTS_PER_DAY": "100",
        "MAX_REVISIONS": "5",
        "APPROVER_ACCOUNT_IDS": "",
        "APPROVER_GROUP_ID": "",
        "FOUR_EYES": "false",
        "TRUST_FOLDERS": "false",
        "JIRA_REVIEW_PROJECT_KEY": "",
        "REVIEW_ISSUE_TYPE": "Task",
        "REVIEW_LINK_TYPE": "Relates",
        "REVIEW_FIELDS": "",
        "BEDROCK_MODEL_ID": "eu.amazon.nova-lite-v1:0",
        "ADDITIONAL_MODEL_REQUEST_FIELDS": "",
        "BEDROCK_GUARDRAIL": "",
        "TICKET_FIELDS": "",
        "STYLE_GUIDE_PAGE": "",
        "JIRA_BROWSE_URL": "https://example.atlassian.net",
        "CONFLUENCE_BROWSE_URL": "https://example.atlassian.net/wiki",
    }
    assert {name: found[name] for name in expected} == expected


CHANGED = [
    ("ApprovalHandler", "jiraBrowseUrl", "https://jira.example.com/", "JIRA_BROWSE_URL", "https://jira.example.com"),
    ("ReviewTicketCreator", "reviewFields", ' {"customfield_1": [1, 2]} ', "REVIEW_FIELDS", '{"customfield_1":[1,2]}'),
    ("ReviewTicketCreator", "reviewLinkType", "Related", "REVIEW_LINK_TYPE", "Related"),
    ("ApprovalHandler", "approverAccountIds", "a1, b2 ,", "APPROVER_ACCOUNT_IDS", "a1,b2"),
    ("ApprovalHandler", "fourEyes", "true", "FOUR_EYES", "true"),
    ("DocumentOrchestrator", "trustFolders", "true", "TRUST_FOLDERS", "true"),
    ("ReviewTicketCreator", "trustFolders", "true", "TRUST_FOLDERS", "true"),
    ("ApprovalHandler", "maxRevisions", "3", "MAX_REVISIONS", "3"),
    ("DocumentOrchestrator", "confluenceSpaceKey", "SD, OPS", "CONFLUENCE_SPACE_KEY", "SD,OPS"),
    ("DocumentOrchestrator", "bedrockModelId", "us.amazon.nova-lite-v1:0", "BEDROCK_MODEL_ID",
     "us.amazon.nova-lite-v1:0"),
    ("DocumentOrchestrator", "ticketFields", "Acceptance criteria, customfield_10042", "TICKET_FIELDS",
     "Acceptance criteria,customfield_10042"),
    ("DocumentOrchestrator", "styleGuidePage", "123456", "STYLE_GUIDE_PAGE", "123456"),
    ("JiraWebhookHandler", "documentLabels", "docs", "DOCUMENT_LABELS", "docs"),
    ("JiraWebhookHandler", "maxChangeAgeDays", "7", "MAX_CHANGE_AGE_DAYS", "7"),
    ("Sweep", "maxDraftsPerDay", "20", "MAX_DRAFTS_PER_DAY", "20"),
    ("ReviewTicketCreator", "jiraReviewProject", "DOCS", "JIRA_REVIEW_PROJECT_KEY", "DOCS"),
    ("ReviewTicketCreator", "reviewIssueType", "Review", "REVIEW_ISSUE_TYPE", "Review"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("function", "key", "value", "variable", "written"), CHANGED, ids=lambda value: str(value)
)
def test_configuration_reaches_the_function(
    function: str, key: str, value: str, variable: str, written: str
) -> None:
    changed = {setting: chosen for _, setting, chosen, _, _ in CHANGED}
    assert changed[key] == value
    assert environment(function, **changed)[variable] == written
