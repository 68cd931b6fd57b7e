"""Every setting of the pipeline, defined once: for the configuration, programs, functions and documentation alike.

Pulumi reads `pipeline_args` and `Pulumi.yaml` as they are written, and a handler cannot import this. They repeat what
they need, and tests/stack/test_settings.py compares.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..arguments.log_validation import RETENTION_DAYS
from ..schedule.args import EXPRESSION
from .setting_types import BaseUrl, CommaSeparated, Flag, Number, OneOf, Secret, Text, ValueRule

RANDOM = '"$(openssl rand -hex 32)"'
"""A command that makes a random secret."""

_SITE = "https://example.atlassian.net"

_DETECTION = ("JiraWebhookHandler", "Sweep")
_WEBHOOKS = ("JiraWebhookHandler", "ApprovalHandler")
_CONFLUENCE = ("DocumentOrchestrator", "ReviewTicketCreator", "ApprovalHandler")
_JIRA = (*_CONFLUENCE, "Sweep")
_LINKS = ("ReviewTicketCreator", "ReviewPage")


@dataclass(frozen=True)
class Setting:
    """One setting, by all its names."""

    key: str
    """Key in Pulumi's configuration."""
    field: str
    """Argument of DocumentationPipeline."""
    rule: ValueRule
    """What its value may be; a `Secret` is kept encrypted."""
    description: str
    """What it is for; names other settings by their keys."""
    required: bool = False
    """Without a default, in every stack."""
    default: Any = None
    """Constant that holds where the setting is not made; None where there is no such constant."""
    same_as: str = ""
    """Key of the setting whose value it has where it is not made."""
    default_text: str = ""
    """The default as the documentation names it, where that is no constant or an empty one."""
    variable: str = ""
    """Environment variable of the functions; for a secret it holds the ARN."""
    functions: Sequence[str] = ()
    """Functions that get the variable."""

    @property
    def is_secret(self) -> bool:
        """Whether its value is kept encrypted."""
        return isinstance(self.rule, Secret)

    @property
    def shown_default(self) -> str:
        """The default in Markdown."""
        if self.required:
            return "required"
        if self.same_as:
            return f"`{self.same_as}`"
        value = str(self.default).lower() if isinstance(self.default, bool) else self.default
        return self.default_text or f"`{value}`"


SETTINGS = (
    Setting(
        "jiraBaseUrl", "jira_base_url", BaseUrl(_SITE),
        "Jira's REST API: the site, or `https://api.atlassian.com/ex/jira/{cloudId}` with a scoped token.",
        required=True, variable="JIRA_BASE_URL", functions=_JIRA,
    ),
    Setting(
        "jiraBrowseUrl", "jira_browse_url", BaseUrl(_SITE),
        "Jira as people see it, for links; set it with a scoped token.",
        same_as="jiraBaseUrl", variable="JIRA_BROWSE_URL", functions=_JIRA,
    ),
    Setting(
        "jiraEmail", "jira_email", Text(r"[^@\s]+@[^@\s]+", "kinexus@example.com"),
        "Account that the API token belongs to.",
        required=True, variable="JIRA_EMAIL", functions=_JIRA,
    ),
    Setting(
        "jiraApiToken", "jira_api_token", Secret("TOKEN"),
        "API token of that account, for Jira and Confluence; functions get the ARN of a secret that holds it.",
        required=True, variable="JIRA_API_TOKEN_SECRET_ARN", functions=_JIRA,
    ),
    Setting(
        "jiraReviewProject", "jira_review_project", Text(r"([A-Z][A-Z0-9_]+)?", "DOCS"),
        "Key of the project where review tickets are created.",
        default="", default_text="the source ticket's project",
        variable="JIRA_REVIEW_PROJECT_KEY", functions=("ReviewTicketCreator",),
    ),
    Setting(
        "reviewIssueType", "review_issue_type", Text(r".+", "Task"),
        "Issue type of review tickets.",
        default="Task", variable="REVIEW_ISSUE_TYPE", functions=("ReviewTicketCreator",),
    ),
    Setting(
        "confluenceUrl", "confluence_url", BaseUrl(f"{_SITE}/wiki", ends_in="/wiki"),
        "Confluence's REST API; ends in `/wiki`.",
        required=True, variable="CONFLUENCE_URL", functions=_CONFLUENCE,
    ),
    Setting(
        "confluenceBrowseUrl", "confluence_browse_url", BaseUrl(f"{_SITE}/wiki"),
        "Confluence as people see it, for links.",
        same_as="confluenceUrl", variable="CONFLUENCE_BROWSE_URL", functions=_CONFLUENCE,
    ),
    Setting(
        "confluenceSpaceKey", "confluence_space_key", CommaSeparated(r"~?[A-Za-z0-9]+", "SD,OPS", may_be_empty=False),
        "Keys of the spaces that may be edited, comma separated; new pages go to the first.",
        required=True, variable="CONFLUENCE_SPACE_KEY", functions=("DocumentOrchestrator",),
    ),
    Setting(
        "trustFolders", "trust_folders", Flag(),
        "Treat pages below folders, whiteboards, databases and embeds as open to everyone, unless a page above is "
        "restricted. Without it such a page is edited only where a ticket names it: Confluence does not tell who may "
        "view it.",
        default=False, variable="TRUST_FOLDERS", functions=("DocumentOrchestrator", "ReviewTicketCreator"),
    ),
    Setting(
        "webhookSecret", "webhook_secrets", Secret(RANDOM, several=True),
        "Secret that Jira signs webhooks with; two, comma separated, while one replaces the other.",
        default="", default_text="none; required unless unsigned webhooks are allowed",
        variable="WEBHOOK_SECRET_ARN", functions=_WEBHOOKS,
    ),
    Setting(
        "allowUnsignedWebhooks", "allow_unsigned_webhooks", Flag(),
        "Accept webhooks without a signature, with a warning in the log each time; refused in production.",
        default=False, variable="ALLOW_UNSIGNED_WEBHOOKS", functions=_WEBHOOKS,
    ),
    Setting(
        "production", "production", Flag(),
        "False for a stack where unsigned webhooks may be allowed; never where the stack's name begins with `prod`.",
        default=True,
    ),
    Setting(
        "linkKey", "link_key", Secret(RANDOM, least=32),
        "Key of at least 32 characters that signs the links to review pages.",
        required=True, variable="LINK_KEY_SECRET_ARN", functions=_LINKS,
    ),
    Setting(
        "bedrockModelId", "bedrock_model_id",
        Text(r"arn:aws[a-z-]*:bedrock:\S+|[a-z0-9-]+(\.[\w:.-]+)+", "us.amazon.nova-lite-v1:0"),
        "Model or inference profile in Bedrock that chooses the page and drafts.",
        default="amazon.nova-lite-v1:0", variable="BEDROCK_MODEL_ID", functions=("DocumentOrchestrator",),
    ),
    Setting(
        "documentLabels", "document_labels", CommaSeparated(r"\S+", "needs-docs"),
        "Labels of a ticket that ask for documentation, comma separated.",
        default="needs-docs,new-feature,breaking-change,api-change,documentation",
        variable="DOCUMENT_LABELS", functions=_DETECTION,
    ),
    Setting(
        "declineLabels", "decline_labels", CommaSeparated(r"\S+", "no-docs"),
        "Labels of a ticket that decline documentation, comma separated.",
        default="no-docs,internal-only,tech-debt,refactor",
        variable="DECLINE_LABELS", functions=(*_DETECTION, "ApprovalHandler"),
    ),
    Setting(
        "documentIssueTypes", "document_issue_types", CommaSeparated(r".+", "Story,Epic"),
        "Issue types that are documented without a label, comma separated.",
        default="", default_text="none", variable="DOCUMENT_ISSUE_TYPES", functions=_DETECTION,
    ),
    Setting(
        "maxChangeAgeDays", "max_change_age_days", Number(1, 3650, "30"),
        "Tickets without a label that were finished more days ago than this are not documented.",
        default=30, variable="MAX_CHANGE_AGE_DAYS", functions=_DETECTION,
    ),
    Setting(
        "approverAccountIds", "approver_account_ids", CommaSeparated(r"[A-Za-z0-9:_-]+", "5b10a2844c20165700ede21g"),
        "Account ids of the people who may decide, comma separated.",
        default="", default_text="anyone", variable="APPROVER_ACCOUNT_IDS", functions=("ApprovalHandler",),
    ),
    Setting(
        "approverGroupId", "approver_group_id",
        Text(r"([0-9a-fA-F-]{36})?", "276f955c-63d7-42c8-9520-92d01dca0625"),
        "Id of the Jira group whose members may decide.",
        default="", default_text="anyone", variable="APPROVER_GROUP_ID", functions=("ApprovalHandler",),
    ),
    Setting(
        "fourEyes", "four_eyes", Flag(),
        "The person who finished the source ticket may not decide, nor may its assignee, then or now.",
        default=False, variable="FOUR_EYES", functions=("ApprovalHandler",),
    ),
    Setting(
        "maxRevisions", "max_revisions", Number(1, 20, "5"),
        "After so many drafts that a reviewer sent back, a person is asked to write the page.",
        default=5, variable="MAX_REVISIONS", functions=("ApprovalHandler",),
    ),
    Setting(
        # The bucket's name leaves room for 25 characters.
        "namePrefix", "name_prefix", Text(r"[a-z][a-z0-9-]{0,23}[a-z0-9]", "kinexus"),
        "What all names in AWS start with.",
        default_text="the names of pipeline and stack, as in `kinexus-dev`",
    ),
    Setting(
        "preflight", "preflight", Flag(),
        "Check the site, the rights of the stack's jiraApiToken and the model first, in each preview and update, and "
        "refuse with the remedy. For programs in Python only.",
        default=True,
    ),
    Setting(
        "registerWebhooks", "register_webhooks", Flag(),
        "Register both webhooks in Jira, as the administrator of `KINEXUS_ADMIN_EMAIL` and `KINEXUS_ADMIN_TOKEN` "
        "in the environment. For programs in Python only.",
        default=False,
    ),
    Setting(
        "sweepSchedule", "sweep_schedule", Text(rf"off|{EXPRESSION}", '"rate(1 day)"'),
        "When to look for finished tickets and reviews whose webhook was lost; `off` for never.",
        default="rate(1 day)",
    ),
    Setting(
        "protectData", "protect_data", Flag(),
        "Refuse to delete tables and bucket, and keep deleted secrets for 30 days.",
        default=True,
    ),
    Setting(
        "logRetentionDays", "log_retention_days", OneOf(RETENTION_DAYS, "30"),
        "Days for which logs are kept.",
        default=30,
    ),
    Setting(
        "alarmEmail", "alarm_email", Text(r"([^@\s]+@[^@\s]+)?", "oncall@example.com"),
        "Address that gets every alarm: failures, throttling and slowness of functions, messages that "
        "wait, and the API.",
        default="", default_text="none",
    ),
    Setting(
        "layerArchive", "layer_archive", Text(r".+\.zip", ".build/layer.zip"),
        "A layer that is built already.",
        default_text="built from `handlers/requirements.lock`",
    ),
)  # fmt: skip
"""In the order of the documentation."""

BY_FIELD: Mapping[str, Setting] = {setting.field: setting for setting in SETTINGS}
"""By argument."""

BY_KEY: Mapping[str, Setting] = {setting.key: setting for setting in SETTINGS}
"""By key in the configuration."""

DEFAULTS: Mapping[str, Any] = {s.field: s.default for s in SETTINGS if s.default is not None}
"""Constant defaults by argument."""


def default_prefix(pipeline: str, stack: str) -> str:
    """Name the resources of a pipeline apart from those of other pipelines and stacks in one account."""
    return f"{pipeline}-{stack}"


def find_conflict(given: Mapping[str, Any], stack: str) -> tuple[str, str, str] | None:
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
