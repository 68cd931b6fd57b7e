"""Reads and checks the stack's configuration in one place, and says how to repair what is wrong with it."""

import re
from urllib.parse import urlsplit

import pulumi
from pulumi.runtime import is_config_secret

from stack.function_schedule_args import EXPRESSION
from stack.jira_webhook import TOKEN_KEY
from stack.log_rules import RETENTION_DAYS
from stack.pipeline_args import DocumentationPipelineArgs

NAME_PREFIX = r"[a-z][a-z0-9-]{0,23}[a-z0-9]"
"""Names in AWS start with it; the bucket's leaves room for 25 characters."""


class InvalidConfiguration(Exception):
    """A setting is missing or malformed; the message names its key, the rule and the command to set it."""


def read(config: pulumi.Config, stack: str) -> DocumentationPipelineArgs:
    """Read everything the pipeline wants to know.

    Raises InvalidConfiguration for the first setting that is amiss.
    """
    reader = _Reader(config)
    unsigned = reader.flag("allowUnsignedWebhooks", False)
    if unsigned and stack == "prod":
        raise reader.error("allowUnsignedWebhooks", "is true, and prod takes only signed webhooks", "false")
    register = reader.flag("registerWebhooks", False)
    if register and not reader.has("webhookSecret"):
        raise reader.error("registerWebhooks", "is true, and there is no webhookSecret to sign with", "false")
    if reader.has(TOKEN_KEY):  # the provider reads it; here only its being encrypted is seen to
        reader.secret(TOKEN_KEY, "TOKEN")
    jira, confluence = reader.url("jiraBaseUrl"), reader.url("confluenceUrl", ends_in="/wiki")
    args: DocumentationPipelineArgs = {
        "environment": stack,
        "name_prefix": reader.text("namePrefix", f"kinexus-{stack}", NAME_PREFIX, "kinexus"),
        "jira_base_url": jira,
        "jira_browse_url": reader.url("jiraBrowseUrl", jira),
        "jira_email": reader.text("jiraEmail", None, r"[^@\s]+@[^@\s]+", "kinexus@example.com"),
        "jira_api_token": reader.secret("jiraApiToken", "TOKEN"),
        "jira_review_project": reader.text("jiraReviewProject", "", r"([A-Z][A-Z0-9_]+)?", "DOCS"),
        "review_issue_type": reader.text("reviewIssueType", "Task", r".+", "Task"),
        "confluence_url": confluence,
        "confluence_browse_url": reader.url("confluenceBrowseUrl", confluence),
        "confluence_space_key": reader.words("confluenceSpaceKey", None, r"~?[A-Za-z0-9]+", "SD,OPS"),
        "webhook_secrets": (
            reader.secret("webhookSecret", RANDOM)
            if reader.has("webhookSecret") or not unsigned
            else pulumi.Output.secret("")
        ),
        "allow_unsigned_webhooks": unsigned,
        "link_key": reader.secret("linkKey", RANDOM, least=32),
        "bedrock_model_id": reader.text(
            "bedrockModelId", "amazon.nova-lite-v1:0", r"arn:aws[a-z-]*:bedrock:\S+|[a-z0-9-]+(\.[\w:.-]+)+",
            "us.amazon.nova-lite-v1:0",
        ),
        "document_labels": reader.words(
            "documentLabels", "needs-docs,new-feature,breaking-change,api-change,documentation", r"\S+", "needs-docs"
        ),
        "decline_labels": reader.words(
            "declineLabels", "no-docs,internal-only,tech-debt,refactor", r"\S+", "no-docs"
        ),
        "document_issue_types": reader.words("documentIssueTypes", "", r".+", "Story,Epic"),
        "max_change_age_days": reader.number("maxChangeAgeDays", 30, 1, 3650),
        "approver_account_ids": reader.words("approverAccountIds", "", r"[A-Za-z0-9:_-]+", "5b10a2844c20165700ede21g"),
        "approver_group_id": reader.text("approverGroupId", "", r"([0-9a-fA-F-]{36})?", GROUP_ID),
        "register_webhooks": register,
        "preflight": reader.flag("preflight", True),
        "sweep_schedule": reader.text("sweepSchedule", "rate(1 day)", rf"off|{EXPRESSION}", '"rate(1 day)"'),
        "four_eyes": reader.flag("fourEyes", False),
        "max_revisions": reader.number("maxRevisions", 5, 1, 20),
        "log_retention_days": reader.choice("logRetentionDays", 30, RETENTION_DAYS),
        "alarm_email": reader.text("alarmEmail", "", r"([^@\s]+@[^@\s]+)?", "oncall@example.com"),
        "protect_data": reader.flag("protectData", True),
    }  # fmt: skip
    if reader.has("layerArchive"):
        args["layer_archive"] = reader.text("layerArchive", None, r".+\.zip", ".build/layer.zip")
    return args


GROUP_ID = "276f955c-63d7-42c8-9520-92d01dca0625"
"""What the id of a Jira group looks like."""

RANDOM = '"$(openssl rand -hex 32)"'
"""How a secret that nobody needs to remember is made."""


class _Reader:
    """Reads settings of one namespace; each method checks one kind of value."""

    def __init__(self, config: pulumi.Config) -> None:
        self._config = config

    def has(self, key: str) -> bool:
        """Tell whether a setting is there and not blank."""
        return bool((self._config.get(key) or "").strip())

    def text(self, key: str, default: str | None, pattern: str, example: str) -> str:
        """Read text that matches a pattern as a whole; required when there is no default."""
        value = (self._config.get(key) or "").strip()
        if not value:
            if default is None:
                raise self.error(key, "is not set", example)
            value = default
        if not re.fullmatch(pattern, value):
            raise self.error(key, f"is {value!r}, which is malformed", example)
        return value

    def words(self, key: str, default: str | None, pattern: str, example: str) -> str:
        """Read a comma-separated list; blanks around its words do not count."""
        text = self.text(key, default, r".*", example)
        words = [word.strip() for word in text.split(",") if word.strip()]
        if default is None and not words:
            raise self.error(key, "is empty", example)
        for word in words:
            if not re.fullmatch(pattern, word):
                raise self.error(key, f"contains {word!r}, which is malformed", example)
        return ",".join(words)

    def url(self, key: str, default: str | None = None, ends_in: str = "") -> str:
        """Read a base URL, and drop a slash at its end."""
        example = f"https://example.atlassian.net{ends_in}"
        value = self.text(key, default, r"\S+", example).rstrip("/")
        parts = urlsplit(value)
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise self.error(key, f"is {value!r}, which is no URL", example)
        if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost"):
            raise self.error(key, f"is {value!r}, which would send the token unencrypted", example)
        if parts.query or parts.fragment or parts.username:
            raise self.error(key, f"is {value!r}, and a base URL has no query, fragment or user", example)
        if not parts.path.endswith(ends_in):
            raise self.error(key, f"is {value!r}, and does not end in {ends_in}", example)
        return value

    def flag(self, key: str, default: bool) -> bool:
        """Read true or false."""
        value = self.text(key, str(default), r".*", "true").lower()
        if value not in ("true", "false"):
            raise self.error(key, f"is {value!r}, and must be true or false", "true")
        return value == "true"

    def number(self, key: str, default: int, lowest: int, highest: int) -> int:
        """Read a whole number within bounds."""
        value = self.text(key, str(default), r".*", str(default))
        if not re.fullmatch(r"\d{1,9}", value) or not lowest <= int(value) <= highest:
            raise self.error(
                key, f"is {value!r}, and must be a number from {lowest} to {highest}", str(default)
            )
        return int(value)

    def choice(self, key: str, default: int, choices: tuple[int, ...]) -> int:
        """Read one of several numbers."""
        value = self.text(key, str(default), r".*", str(default))
        if value not in map(str, choices):
            raise self.error(
                key, f"is {value!r}, and must be one of {', '.join(map(str, choices))}", str(default)
            )
        return int(value)

    def secret(self, key: str, example: str, least: int = 1) -> pulumi.Output[str]:
        """Read a secret, which must be kept encrypted, and keep it a secret."""
        value = (self._config.get(key) or "").strip()
        if not value:
            raise self.error(key, "is not set", f"--secret {example}")
        if not is_config_secret(self._config.full_key(key)):
            raise self.error(key, "is kept in plain text", f"--secret {example}")
        if len(value) < least:
            raise self.error(key, f"has {len(value)} characters, fewer than {least}", f"--secret {example}")
        return pulumi.Output.secret(value)

    def error(self, key: str, problem: str, example: str) -> InvalidConfiguration:
        """Make the error that names key, problem and remedy."""
        option, value = (
            ("--secret ", example.removeprefix("--secret ")) if example.startswith("--") else ("", example)
        )
        return InvalidConfiguration(
            f"The setting {self._config.full_key(key)} {problem}. "
            f"Set it with: pulumi config set {option}{key} {value}"
        )
