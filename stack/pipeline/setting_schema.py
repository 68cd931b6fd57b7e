"""The definition of every setting of the pipeline: key, argument, rule, default, environment variable, documentation.

Pulumi reads `args.py` and `Pulumi.yaml` from their text, and handlers cannot import this module. They repeat what they
need; tests/stack/test_settings.py compares them with this definition.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..arguments.log_validation import RETENTION_DAYS
from ..function.args import RUNTIME
from ..schedule.expression import EXPRESSION
from .route_rule import RouteList
from .setting_types import (
    BaseUrl,
    CommaSeparated,
    CompilingFlag,
    Flag,
    JsonFields,
    Number,
    ObjectOf,
    OneOf,
    Secret,
    SecretUrl,
    Text,
    ValueRule,
)

RANDOM = '"$(openssl rand -hex 32)"'
"""A shell expression for a random secret."""

_SITE = "https://example.atlassian.net"

_DETECTION = ("JiraWebhookHandler", "Sweep")
_WEBHOOKS = ("JiraWebhookHandler", "ApprovalHandler")
_CONFLUENCE = ("DocumentOrchestrator", "ReviewTicketCreator", "ApprovalHandler")
_ATLASSIAN = (*_CONFLUENCE, "Sweep")
_LINKS = ("ReviewTicketCreator", "ReviewPage")
_REVIEW_FIELDS = JsonFields(
    ("project", "issuetype", "parent", "summary", "description", "labels", "issuelinks", "security"),
    """'{"customfield_10050": {"value": "Docs"}}'""",
)
_QUEUED = ("DocumentOrchestrator", "ReviewTicketCreator", "ApprovalHandler")
_FUNCTIONS = (
    "JiraWebhookHandler", "DocumentOrchestrator", "ReviewTicketCreator", "ApprovalHandler", "ReviewPage", "Sweep",
)  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """The definition of one setting."""

    key: str
    """Key in Pulumi's configuration."""
    field: str
    """Argument of DocumentationPipeline."""
    rule: ValueRule
    """Rule for its value; a value with the rule `Secret` is stored encrypted."""
    description: str
    """Description for the documentation; it names other settings by their keys."""
    required: bool = False
    """Whether every stack must set it; it then has no default."""
    default: Any = None
    """Constant default; None if there is none."""
    same_as: str = ""
    """Key of the setting whose value is the default."""
    default_text: str = ""
    """Default as the documentation shows it, if it is empty or not a constant."""
    variable: str = ""
    """Environment variable of the functions; for a secret it holds the ARN."""
    functions: Sequence[str] = ()
    """Functions that get the variable."""

    @property
    def is_secret(self) -> bool:
        """Whether its value is stored encrypted."""
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
        "Base URL of Jira's REST API: the site, or `https://api.atlassian.com/ex/jira/{cloudId}` with a scoped token.",
        required=True, variable="JIRA_BASE_URL", functions=_ATLASSIAN,
    ),
    Setting(
        "jiraBrowseUrl", "jira_browse_url", BaseUrl(_SITE),
        "Base URL of Jira's web pages, for links; set it with a scoped token.",
        same_as="jiraBaseUrl", variable="JIRA_BROWSE_URL", functions=_ATLASSIAN,
    ),
    Setting(
        "jiraEmail", "jira_email", Text(r"[^@\s]+@[^@\s]+", "kinexus@example.com", "must be an e-mail address"),
        "E-mail address of the account that owns the API token.",
        required=True, variable="JIRA_EMAIL", functions=_ATLASSIAN,
    ),
    Setting(
        "jiraApiToken", "jira_api_token", Secret("TOKEN"),
        "API token of that account, for Jira and Confluence; functions get the ARN of a secret that holds it.",
        required=True, variable="JIRA_API_TOKEN_SECRET_ARN", functions=_ATLASSIAN,
    ),
    Setting(
        "atlassianTokenUrl", "atlassian_token_url",
        BaseUrl("https://auth.atlassian.com/oauth/token", may_be_empty=True),
        "Token URL of OAuth 2.0 client credentials, for a service account; `jiraApiToken` is then the client "
        "secret.",
        default="", default_text="none; API tokens are used",
        variable="ATLASSIAN_TOKEN_URL", functions=_ATLASSIAN,
    ),
    Setting(
        "atlassianClientId", "atlassian_client_id", Text(r"\S*", "CLIENT-ID", "must have no blanks"),
        "Client id of OAuth 2.0 client credentials.",
        default="", default_text="none", variable="ATLASSIAN_CLIENT_ID", functions=_ATLASSIAN,
    ),
    Setting(
        "atlassianTokenExpires", "atlassian_token_expires",
        Text(r"(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))?", "2027-06-30", "must be a date such as 2027-06-30"),
        "Date on which the first of the API tokens expires; 30 days before, an alarm and `ops doctor` say so.",
        default="", default_text="unknown", variable="ATLASSIAN_TOKEN_EXPIRES", functions=("Sweep",),
    ),
    Setting(
        "jiraReviewProject", "jira_review_project",
        Text(
            r"([A-Z][A-Z0-9_]+)?", "DOCS",
            "must be a project key: upper-case letters, digits and `_`, beginning with a letter",
        ),
        "Key of the project where review tickets are created.",
        default="", default_text="the source ticket's project",
        variable="JIRA_REVIEW_PROJECT_KEY", functions=("ReviewTicketCreator",),
    ),
    Setting(
        "reviewIssueType", "review_issue_type", Text(r".+", "Task", "must be the name of an issue type"),
        "Issue type of review tickets; it must not be a sub-task.",
        default="Task", variable="REVIEW_ISSUE_TYPE", functions=("ReviewTicketCreator",),
    ),
    Setting(
        "reviewFields", "review_fields", _REVIEW_FIELDS,
        "Further fields of new review tickets, as JSON in the format of Jira's REST API: what their project requires.",
        default="", default_text="none", variable="REVIEW_FIELDS", functions=("ReviewTicketCreator",),
    ),
    Setting(
        "reviewLinkType", "review_link_type", Text(r".+", "Relates", "must be the name of a link type"),
        "Type of the links between review tickets and source tickets.",
        default="Relates", variable="REVIEW_LINK_TYPE", functions=("ReviewTicketCreator",),
    ),
    Setting(
        "confluenceUrl", "confluence_url", BaseUrl(f"{_SITE}/wiki", ends_in="/wiki"),
        "Base URL of Confluence's REST API; ends in `/wiki`.",
        required=True, variable="CONFLUENCE_URL", functions=_ATLASSIAN,
    ),
    Setting(
        "confluenceBrowseUrl", "confluence_browse_url", BaseUrl(f"{_SITE}/wiki"),
        "Base URL of Confluence's web pages, for links.",
        same_as="confluenceUrl", variable="CONFLUENCE_BROWSE_URL", functions=_ATLASSIAN,
    ),
    Setting(
        "confluenceEmail", "confluence_email",
        Text(r"[^@\s]+@[^@\s]+", "kinexus@example.com", "must be an e-mail address"),
        "E-mail address of the account that owns the API token for Confluence.",
        same_as="jiraEmail", variable="CONFLUENCE_EMAIL", functions=_ATLASSIAN,
    ),
    Setting(
        "confluenceApiToken", "confluence_api_token", Secret("TOKEN"),
        "API token of that account for Confluence; scoped tokens are made for one app.",
        same_as="jiraApiToken",
    ),
    Setting(
        "confluenceSpaceKey", "confluence_space_key",
        CommaSeparated(
            r"~?[A-Za-z0-9]+", "SD,OPS", "a space key may hold only letters and digits, after an optional ~",
            may_be_empty=False,
        ),
        "Keys of the spaces that may be edited, comma separated; new pages go to the first.",
        required=True, variable="CONFLUENCE_SPACE_KEY", functions=("DocumentOrchestrator",),
    ),
    Setting(
        "trustFolders", "trust_folders", Flag(),
        "Treat pages below folders, whiteboards, databases and embeds as visible to everyone, unless a page above them "
        "is restricted. If false, such a page is edited only if a ticket names it, because Confluence's API does not "
        "report who may view it.",
        default=False, variable="TRUST_FOLDERS", functions=("DocumentOrchestrator", "ReviewTicketCreator"),
    ),
    Setting(
        "webhookSecret", "webhook_secrets", Secret(RANDOM, several=True),
        "Secret with which Jira signs webhooks. To replace it, set both for a time, comma separated, the new one "
        "first.",
        default="", default_text="none; required unless unsigned webhooks are allowed",
        variable="WEBHOOK_SECRET_ARN", functions=_WEBHOOKS,
    ),
    Setting(
        "allowUnsignedWebhooks", "allow_unsigned_webhooks", Flag(),
        "Accept webhooks without a signature, and log a warning for each; not allowed in production.",
        default=False, variable="ALLOW_UNSIGNED_WEBHOOKS", functions=_WEBHOOKS,
    ),
    Setting(
        "production", "production", Flag(),
        "Set it to false for a test stack, where unsigned webhooks may be allowed. Must be true if the stack's name "
        "begins with `prod`.",
        default=True,
    ),
    Setting(
        "linkKey", "link_key", Secret(RANDOM, minimum_length=32),
        "Key of at least 32 characters that signs the links to review pages.",
        required=True, variable="LINK_KEY_SECRET_ARN", functions=_LINKS,
    ),
    Setting(
        "bedrockModelId", "bedrock_model_id",
        Text(
            r"arn:aws[a-z-]*:bedrock:\S+|[a-z0-9-]+(\.[\w:.-]+)+", "us.amazon.nova-lite-v1:0",
            "must be the id or ARN of a Bedrock model or inference profile",
        ),
        "Bedrock model or inference profile that selects the page and drafts the edits.",
        default_text="Nova Lite in the stack's region: the model, or its geographic inference profile such as "
        "`eu.amazon.nova-lite-v1:0`",
        variable="BEDROCK_MODEL_ID", functions=("DocumentOrchestrator",),
    ),
    Setting(
        "additionalModelRequestFields", "additional_model_request_fields",
        JsonFields((), """'{"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "low"}}'"""),
        "JSON object with fields that only the model knows, sent with each request. Nova gets "
        "`{\"inferenceConfig\": {\"topK\": 1}}` in any case, unless a field is set to another value, or to `null`.",
        default="", default_text="none",
        variable="ADDITIONAL_MODEL_REQUEST_FIELDS", functions=("DocumentOrchestrator",),
    ),
    Setting(
        "bedrockGuardrail", "bedrock_guardrail",
        Text(
            r"(([a-z0-9]+|arn:aws[a-z-]*:bedrock:[a-z0-9-]+:\d{12}:guardrail/[a-z0-9]+):([1-9]\d{0,7}|DRAFT))?",
            "abcdefghij12:1",
            "must be the id or ARN of a guardrail, a colon and its version",
        ),
        "Amazon Bedrock guardrail that checks each request to the model, by id (or ARN) and version. It reads tickets, "
        "pages and feedback; Bedrock does not apply it to what a model gives a tool, which is the draft.",
        default="", default_text="none", variable="BEDROCK_GUARDRAIL", functions=("DocumentOrchestrator",),
    ),
    Setting(
        "ticketFields", "ticket_fields",
        CommaSeparated(
            r"[^,\r\n\t]{1,255}", "Acceptance criteria,customfield_10042", "a field is named by its id or name",
        ),
        "Further Jira fields that drafts are made from besides summary and description, by id or name, comma "
        "separated.",
        default="", default_text="none", variable="TICKET_FIELDS", functions=("DocumentOrchestrator",),
    ),
    Setting(
        "styleGuidePage", "style_guide_page",
        Text(r"([1-9][0-9]{0,18})?", "123456", "must be the id of a Confluence page, the number in its address"),
        "Id of a Confluence page with the team's rules of wording, which drafts follow. Everyone must be able to view "
        "it; its first 8,000 characters are read, at most once an hour.",
        default="", default_text="none", variable="STYLE_GUIDE_PAGE", functions=("DocumentOrchestrator",),
    ),
    Setting(
        "documentLabels", "document_labels", CommaSeparated(r"\S+", "needs-docs", "a label has no blanks"),
        "Ticket labels that request documentation, comma separated.",
        default="needs-docs,new-feature,breaking-change,api-change,documentation",
        variable="DOCUMENT_LABELS", functions=_DETECTION,
    ),
    Setting(
        "declineLabels", "decline_labels", CommaSeparated(r"\S+", "no-docs", "a label has no blanks"),
        "Ticket labels that decline documentation, comma separated.",
        default="no-docs,internal-only,tech-debt,refactor",
        variable="DECLINE_LABELS", functions=(*_DETECTION, "DocumentOrchestrator", "ApprovalHandler"),
    ),
    Setting(
        "documentIssueTypes", "document_issue_types",
        CommaSeparated(r".+", "Story,Epic", "an issue type has no line breaks"),
        "Issue types that are documented without a label, comma separated.",
        default="", default_text="none", variable="DOCUMENT_ISSUE_TYPES", functions=_DETECTION,
    ),
    Setting(
        "maxChangeAgeDays", "max_change_age_days", Number(1, 3650, "30"),
        "Tickets without a label that were closed more than this many days ago are not documented.",
        default=30, variable="MAX_CHANGE_AGE_DAYS", functions=_DETECTION,
    ),
    Setting(
        "maxDraftsPerDay", "max_drafts_per_day", Number(1, 2000, "100"),
        "Tickets that are drafted per day (UTC), to limit costs. Those above wait for the next day, and an alarm says "
        "so. Revisions that reviewers ask for do not count.",
        default=100, variable="MAX_DRAFTS_PER_DAY", functions=("DocumentOrchestrator", "Sweep"),
    ),
    Setting(
        "approverAccountIds", "approver_account_ids",
        CommaSeparated(
            r"[A-Za-z0-9:_-]+", "5b10a2844c20165700ede21g",
            "an account id may hold only letters, digits, `:`, `_` and `-`",
        ),
        "Account ids of the people who may decide, comma separated.",
        default="", default_text="anyone", variable="APPROVER_ACCOUNT_IDS", functions=_QUEUED,
    ),
    Setting(
        "reviewerAccountIds", "reviewer_account_ids",
        CommaSeparated(
            r"[A-Za-z0-9:_-]+", "5b10a2844c20165700ede21g",
            "an account id may hold only letters, digits, `:`, `_` and `-`",
        ),
        "Account ids of the people who are asked first to review, comma separated. The first of them who may decide "
        "and can be assigned gets the review ticket; then come the page's owner, the reporters of the source tickets, "
        "the people who closed them, and the approvers.",
        default="", default_text="none", variable="REVIEWER_ACCOUNT_IDS", functions=("ReviewTicketCreator",),
    ),
    Setting(
        "approverGroupId", "approver_group_id",
        Text(
            r"([0-9a-fA-F-]{36})?", "276f955c-63d7-42c8-9520-92d01dca0625",
            "must be the id of a group (36 characters), not its name",
        ),
        "Id of the Jira group whose members may decide.",
        default="", default_text="anyone", variable="APPROVER_GROUP_ID", functions=_QUEUED,
    ),
    Setting(
        "routes", "routes",
        RouteList(_REVIEW_FIELDS, """'[{"projects": ["PAY"], "spaces": ["PAYDOC"], "reviewProject": "PAYREV"}]'"""),
        "Routes for tickets of some projects, components or labels to spaces, review projects and people of their own, "
        "as a JSON list; the first that matches is taken, and the other settings are the route of all other tickets. "
        "docs/deploy.md explains the keys.",
        default="", default_text="none", variable="ROUTES", functions=_QUEUED,
    ),
    Setting(
        "fourEyes", "four_eyes", Flag(),
        "Four-eyes rule: the person who closed the source ticket may not decide, nor may its assignee at that time or "
        "now.",
        default=False, variable="FOUR_EYES", functions=("ReviewTicketCreator", "ApprovalHandler"),
    ),
    Setting(
        "maxRevisions", "max_revisions", Number(1, 20, "5"),
        "After a reviewer has sent back this many drafts, a person is asked to write the page.",
        default=5, variable="MAX_REVISIONS", functions=("ApprovalHandler",),
    ),
    Setting(
        "reviewLinkDays", "review_link_days", Number(0, 3650, "30"),
        "Days for which the link to a diff shows the draft, from its announcement; `0` for no limit. After that it "
        "shows only the link to the review ticket, until `python -m ops renew-link` or a new revision opens it again.",
        default=30, variable="REVIEW_LINK_DAYS", functions=("ReviewPage",),
    ),
    Setting(
        "chatWebhookUrl", "chat_webhook_url", SecretUrl("https://hooks.slack.com/services/…"),
        "URL of an incoming webhook of Slack or Microsoft Teams, or of a service that reads Slack's format. Each new "
        "review is announced there with its key and link only, unless a source ticket has a security level.",
        default="", default_text="none",
        variable="CHAT_WEBHOOK_URL_SECRET_ARN", functions=("ReviewTicketCreator",),
    ),
    Setting(
        "reminderDays", "reminder_days", Number(0, 365, "7"),
        "Days after which an announced revision without a decision gets one reminder in its review ticket, from the "
        "sweep; `0` for no reminders.",
        default=0, variable="REMINDER_DAYS", functions=("Sweep",),
    ),
    Setting(
        # The bucket's name leaves room for 25 characters.
        "namePrefix", "name_prefix",
        Text(
            r"[a-z][a-z0-9-]{0,23}[a-z0-9]", "kinexus",
            "may hold only lower-case letters, digits and `-`, 2 to 25 of them, beginning with a letter and not ending "
            "with `-`",
        ),
        "Prefix of all resource names in AWS.",
        default_text="the names of pipeline and stack, as in `kinexus-dev`",
    ),
    Setting(
        "preflight", "preflight", Flag(),
        "Check the site, the permissions of the stack's jiraApiToken and the model at the start of each preview and "
        "update; if a check fails, stop with the remedy. For Python programs only.",
        default=True,
    ),
    Setting(
        "registerWebhooks", "register_webhooks", Flag(),
        "Register both webhooks in Jira, with the administrator's account in the environment variables "
        "`KINEXUS_ADMIN_EMAIL` and `KINEXUS_ADMIN_TOKEN`. For Python programs only.",
        default=False,
    ),
    Setting(
        "sweepSchedule", "sweep_schedule",
        Text(rf"off|{EXPRESSION}", '"rate(1 day)"', "must be a rate(…), cron(…) or at(…) expression, or off"),
        "When the sweep looks for closed tickets and reviews whose webhook was lost: a schedule expression, or `off`.",
        default="rate(1 day)",
    ),
    Setting(
        "protectData", "protect_data", Flag(),
        "Prevent the deletion of tables and bucket, and keep deleted secrets for 30 days. If false, `pulumi destroy` "
        "deletes everything at once, the content of the bucket included.",
        default=True,
    ),
    Setting(
        "logRetentionDays", "log_retention_days", OneOf(RETENTION_DAYS, "30"),
        "Days for which logs are kept.",
        default=30,
    ),
    Setting(
        "alarmEmail", "alarm_email",
        Text(r"([^@\s]+@[^@\s]+)?", "oncall@example.com", "must be an e-mail address"),
        "E-mail address that gets every alarm: failures, throttling and slow runs of functions, messages that wait too "
        "long, and API errors.",
        default="", default_text="none",
    ),
    Setting(
        "alarmTopicArn", "alarm_topic_arn",
        Text(
            r"(arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:\S+)?", "arn:aws:sns:eu-central-1:123456789012:oncall",
            "must be the ARN of an SNS topic",
        ),
        "Existing SNS topic for every alarm, instead of `alarmEmail`; its policy must allow CloudWatch to publish.",
        default="", default_text="one is created",
    ),
    Setting(
        "permissionsBoundary", "permissions_boundary",
        Text(
            r"(arn:aws[a-z-]*:iam::\d{12}:policy/\S+)?", "arn:aws:iam::123456789012:policy/boundary",
            "must be the ARN of an IAM policy",
        ),
        "Permissions boundary of every role.",
        default="", default_text="none",
    ),
    Setting(
        "keyArn", "key_arn",
        Text(
            r"(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[\w-]+)?",
            "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "must be the ARN of a KMS key, not of an alias",
        ),
        "Customer managed KMS key that encrypts tables, bucket, secrets, bus, queues, topic, logs and environments; "
        "docs/deploy.md says what its policy must allow.",
        default="", default_text="the services' own keys",
    ),
    Setting(
        "vpcSubnetIds", "vpc_subnet_ids",
        CommaSeparated(r"subnet-[0-9a-f]+", "subnet-0a1b2c3d,subnet-4e5f6a7b", "the id of a subnet is subnet-…"),
        "Subnets in which the functions run, comma separated, in at least two availability zones. They need a way out "
        "to Atlassian and AWS, such as a NAT gateway.",
        default="", default_text="none; outside of a VPC",
    ),
    Setting(
        "vpcSecurityGroupIds", "vpc_security_group_ids",
        CommaSeparated(r"sg-[0-9a-f]+", "sg-0a1b2c3d", "the id of a security group is sg-…"),
        "Security groups of the functions, comma separated; they must allow outgoing HTTPS.",
        default="", default_text="none; outside of a VPC",
    ),
    Setting(
        "domainName", "domain_name",
        Text(
            r"(([a-z0-9-]+\.)+[a-z0-9-]+)?", "kinexus.example.com",
            "must be a host name in lower-case letters",
        ),
        "Own domain of webhooks and review pages; needs `certificateArn` or `zoneId`.",
        default="", default_text="none; the URL that API Gateway generates",
    ),
    Setting(
        "certificateArn", "certificate_arn",
        Text(
            r"(arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/\S+)?",
            "arn:aws:acm:eu-central-1:123456789012:certificate/1234abcd",
            "must be the ARN of an ACM certificate",
        ),
        "Certificate of that domain, in the stack's region.",
        default="", default_text="created and validated in `zoneId`",
    ),
    Setting(
        "zoneId", "zone_id", Text(r"([A-Z0-9]+)?", "Z0123456789ABC", "must be the id of a Route 53 zone"),
        "Route 53 zone in which the domain's record is created.",
        default="", default_text="none; create the DNS record yourself",
    ),
    Setting(
        "reservedConcurrency", "reserved_concurrency",
        ObjectOf(Number(1, 1000, "10"), """'{"DocumentOrchestrator": 10}'""", _FUNCTIONS),
        "Reserved concurrency by function, as a JSON object: the most runs at a time, kept free for it in the account. "
        "Functions with a queue need at least 2.",
        default_text="no limits",
    ),
    Setting(
        "tags", "tags",
        ObjectOf(
            Text(r"[\w\s.:/=+@-]{0,256}", "docs", "must have at most 256 letters, digits, blanks and `.:/=+@_-`"),
            """'{"team": "docs", "cost-center": "4711"}'""",
        ),
        "Tags of every resource, as a JSON object.",
        default_text="none",
    ),
    Setting(
        "bytecode", "bytecode", CompilingFlag(RUNTIME.value.removeprefix("python")),
        "Put compiled files beside the sources into the archives of functions and layer, so that a cold start compiles "
        "nothing. True needs CPython 3.13, the functions' version, where the program runs (`python3.13` on PATH).",
        default=False,
    ),
    Setting(
        "layerArchive", "layer_archive", Text(r".+\.zip", ".build/layer.zip", "must be the path of a .zip file"),
        "Path of a layer archive that is already built.",
        default_text="built from `handlers/requirements.lock`",
    ),
)  # fmt: skip
"""All settings, in the order of the documentation."""

BY_FIELD: Mapping[str, Setting] = {setting.field: setting for setting in SETTINGS}
"""The settings by argument."""

BY_KEY: Mapping[str, Setting] = {setting.key: setting for setting in SETTINGS}
"""The settings by key in the configuration."""

DEFAULTS: Mapping[str, Any] = {s.field: s.default for s in SETTINGS if s.default is not None}
"""Constant defaults by argument."""


_LONGEST_PREFIX = 25


def default_prefix(pipeline: str, stack: str) -> str:
    """Return the default of `name_prefix`, which differs between the pipelines and stacks of one account."""
    return f"{pipeline}-{stack}"


def suggested_prefix(pipeline: str, stack: str) -> str:
    """Return a valid `name_prefix` made of the names of pipeline and stack; a long one is cut and ends in a hash."""
    name = re.sub(r"[^a-z0-9]+", "-", f"{pipeline}-{stack}".lower()).strip("-")
    name = re.sub(r"^[^a-z]+", "", name)
    if len(name) > _LONGEST_PREFIX:
        mark = hashlib.sha256(f"{pipeline}-{stack}".encode()).hexdigest()[:4]
        name = f"{name[: _LONGEST_PREFIX - 5].rstrip('-')}-{mark}"
    return name if len(name) > 1 else "kinexus"


def find_conflict(given: Mapping[str, Any], stack: str) -> tuple[str, str, str] | None:
    """Find a setting that conflicts with other settings or with the stack's name; None if there is none.

    `given` holds values that passed their own rules; missing ones have their defaults. The result is the setting's
    argument, the problem as the rest of a sentence, and a value that solves it.
    """
    settings = {**DEFAULTS, **given}
    if not settings["production"] and stack.lower().startswith("prod"):
        return "production", f"is false, but the name of the stack {stack} begins with prod", "true"
    if settings["allow_unsigned_webhooks"] and settings["production"]:
        return "allow_unsigned_webhooks", "is true, but production accepts only signed webhooks", "false"
    if problem := _credentials_conflict(settings) or _account_conflict(settings):
        return problem
    if settings["reminder_days"] != 0 and settings["sweep_schedule"] == "off":
        return "reminder_days", "is set, but sweepSchedule is off, and the sweep sends the reminders", "0"
    if settings["webhook_secrets"] != "":
        return None
    if settings["register_webhooks"]:
        return "register_webhooks", "is true, but there is no secret to sign webhooks with", "false"
    if not settings["allow_unsigned_webhooks"]:
        return "webhook_secrets", "is not set", RANDOM
    return None


def _account_conflict(settings: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Find a contradiction between settings that fit the stack into an account: network, domain and alarms."""

    def example(field: str) -> str:
        return BY_FIELD[field].rule.example

    for one, other in (
        ("vpc_subnet_ids", "vpc_security_group_ids"),
        ("vpc_security_group_ids", "vpc_subnet_ids"),
        ("certificate_arn", "domain_name"),
        ("zone_id", "domain_name"),
    ):
        if settings[one] != "" and settings[other] == "":
            return other, f"is not set, but {BY_FIELD[one].key} is", example(other)
    if settings["domain_name"] != "" and settings["certificate_arn"] == "" and settings["zone_id"] == "":
        return "certificate_arn", "is not set, nor is zoneId, but domainName is", example("certificate_arn")
    for function in _QUEUED:
        if settings.get("reserved_concurrency", {}).get(function, 2) < 2:
            problem = f"gives {function} 1, but a function with a queue needs at least 2"
            return "reserved_concurrency", problem, example("reserved_concurrency")
    if settings["alarm_topic_arn"] != "" and settings["alarm_email"] != "":
        return "alarm_email", "is set beside alarmTopicArn: subscribe it to that topic yourself", '""'
    return None


def _credentials_conflict(settings: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Find a contradiction between API tokens and client credentials."""
    if settings["atlassian_token_url"] == "":
        if settings["atlassian_client_id"] != "":
            example = BY_FIELD["atlassian_token_url"].rule.example
            return "atlassian_token_url", "is not set, but atlassianClientId is", example
        return None
    if settings["atlassian_client_id"] == "":
        return "atlassian_client_id", "is not set, but atlassianTokenUrl is", "CLIENT-ID"
    return None
