"""What each setting of the pipeline may be, and is by itself: for the configuration and for programs alike."""

from collections.abc import Mapping
from typing import Any

from stack.function_schedule_args import EXPRESSION
from stack.log_rules import RETENTION_DAYS
from stack.setting_rules import BaseUrl, Choice, Flag, Number, Rule, Secret, Text, Words

RANDOM = '"$(openssl rand -hex 32)"'
"""How a secret that nobody needs to remember is made."""

_SITE = "https://example.atlassian.net"

RULES: Mapping[str, Rule] = {
    # The bucket's name leaves room for 25 characters.
    "name_prefix": Text(r"[a-z][a-z0-9-]{0,23}[a-z0-9]", "kinexus"),
    "production": Flag(),
    "jira_base_url": BaseUrl(_SITE),
    "jira_browse_url": BaseUrl(_SITE),
    "jira_email": Text(r"[^@\s]+@[^@\s]+", "kinexus@example.com"),
    "jira_api_token": Secret("TOKEN"),
    "jira_review_project": Text(r"([A-Z][A-Z0-9_]+)?", "DOCS"),
    "review_issue_type": Text(r".+", "Task"),
    "confluence_url": BaseUrl(f"{_SITE}/wiki", ends_in="/wiki"),
    "confluence_browse_url": BaseUrl(f"{_SITE}/wiki"),
    "confluence_space_key": Words(r"~?[A-Za-z0-9]+", "SD,OPS", may_be_empty=False),
    "webhook_secrets": Secret(RANDOM, several=True),
    "allow_unsigned_webhooks": Flag(),
    "link_key": Secret(RANDOM, least=32),
    "bedrock_model_id": Text(
        r"arn:aws[a-z-]*:bedrock:\S+|[a-z0-9-]+(\.[\w:.-]+)+", "us.amazon.nova-lite-v1:0"
    ),
    "document_labels": Words(r"\S+", "needs-docs"),
    "decline_labels": Words(r"\S+", "no-docs"),
    "document_issue_types": Words(r".+", "Story,Epic"),
    "max_change_age_days": Number(1, 3650, "30"),
    "approver_account_ids": Words(r"[A-Za-z0-9:_-]+", "5b10a2844c20165700ede21g"),
    "approver_group_id": Text(r"([0-9a-fA-F-]{36})?", "276f955c-63d7-42c8-9520-92d01dca0625"),
    "register_webhooks": Flag(),
    "preflight": Flag(),
    "sweep_schedule": Text(rf"off|{EXPRESSION}", '"rate(1 day)"'),
    "four_eyes": Flag(),
    "max_revisions": Number(1, 20, "5"),
    "log_retention_days": Choice(RETENTION_DAYS, "30"),
    "alarm_email": Text(r"([^@\s]+@[^@\s]+)?", "oncall@example.com"),
    "protect_data": Flag(),
    "layer_archive": Text(r".+\.zip", ".build/layer.zip"),
}
"""By argument."""

DEFAULTS: Mapping[str, Any] = {
    "production": True,
    "jira_review_project": "",
    "review_issue_type": "Task",
    "webhook_secrets": "",
    "allow_unsigned_webhooks": False,
    "bedrock_model_id": "amazon.nova-lite-v1:0",
    "document_labels": "needs-docs,new-feature,breaking-change,api-change,documentation",
    "decline_labels": "no-docs,internal-only,tech-debt,refactor",
    "document_issue_types": "",
    "max_change_age_days": 30,
    "approver_account_ids": "",
    "approver_group_id": "",
    "register_webhooks": False,
    "preflight": True,
    "sweep_schedule": "rate(1 day)",
    "four_eyes": False,
    "max_revisions": 5,
    "log_retention_days": 30,
    "alarm_email": "",
    "protect_data": True,
}
"""What holds where nothing is given."""

SAME_AS: Mapping[str, str] = {"jira_browse_url": "jira_base_url", "confluence_browse_url": "confluence_url"}
"""Arguments that are what another one is, where they are not given."""


def default_prefix(pipeline: str, stack: str) -> str:
    """Name the resources of a pipeline apart from those of other pipelines and stacks in one account."""
    return f"{pipeline}-{stack}"


def at_odds(given: Mapping[str, Any], stack: str) -> tuple[str, str, str] | None:
    """Find a setting that does not go with the others, or with the stack's name: which, why not, and what would.

    `given` has values that passed their own rules; those that are not given have their default.
    """
    settings = {**DEFAULTS, **given}
    if not settings["production"] and stack.lower().startswith("prod"):
        return "production", f"is false, and the stack is called {stack}", "true"
    if settings["allow_unsigned_webhooks"] and settings["production"]:
        return "allow_unsigned_webhooks", "is true, and production takes only signed webhooks", "false"
    if settings["webhook_secrets"] != "":
        return None
    if settings["register_webhooks"]:
        return "register_webhooks", "is true, and there is no secret to sign webhooks with", "false"
    if not settings["allow_unsigned_webhooks"]:
        return "webhook_secrets", "is not set", RANDOM
    return None
