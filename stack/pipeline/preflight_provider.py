"""Dynamic provider of Preflight: checks the site and the model in Pulumi's `check`, and reports each problem."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pulumi import dynamic
from pulumi.output import Unknown

if TYPE_CHECKING:
    from preflight.finding import Finding

TOKEN_KEY = "jiraApiToken"  # noqa: S105 (the name of a setting)
"""Setting with the API token that the pipeline uses."""

CONFLUENCE_TOKEN_KEY = "confluenceApiToken"  # noqa: S105 (the name of a setting)
"""Setting with the API token for Confluence, if it has its own; also its key in the pipeline's secret."""

CHAT_KEY = "chatWebhookUrl"
"""Setting with the URL of the chat webhook."""

_SITE = (
    "jira_url",
    "confluence_url",
    "email",
    "space_keys",
    "trust_folders",
    "review_project",
    "review_issue_type",
    "review_link_type",
    "review_fields",
    "document_labels",
    "confluence_email",
    "token_url",
    "client_id",
    "approver_group",
    "ticket_fields",
    "style_guide_page",
    "routes",
)
_MODEL = ("region", "model_id", "request_fields")
_ID = "preflight"


class PreflightProvider(dynamic.ResourceProvider):
    """Runs the preflight check in `check` and creates nothing; serialised before `configure` reads the token."""

    serialize_as_secret_always = False  # the serialised provider holds no data

    def __init__(self) -> None:
        super().__init__()
        self._token = self._confluence_token = ""
        self._chat = ""
        self._profile: str | None = None

    def configure(self, req: dynamic.ConfigureRequest) -> None:
        """Read the token and the AWS profile from the stack's configuration."""
        self._token = req.config.get(TOKEN_KEY) or ""
        self._confluence_token = req.config.get(CONFLUENCE_TOKEN_KEY) or self._token
        self._chat = req.config.get(CHAT_KEY) or ""
        self._profile = req.config.get("aws:profile")

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.CheckResult:
        """Check the site and the model, as far as the inputs are known; problems make one failure, warnings notes."""
        from preflight.finding import Level

        findings = [*self._site(news), *self._model(news), self._chat_finding()]
        problems = [_line(each) for each in findings if each.level is Level.FAILED]
        notes = [_line(each) for each in findings if each.level is Level.WARNING]
        failures = [dynamic.CheckFailure("", _failure(problems))] if problems else []
        return dynamic.CheckResult({**news, "notes": notes}, failures)

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """Report a change if the checked inputs or the warnings changed."""
        compared = (*_SITE, *_MODEL, "notes")
        return dynamic.DiffResult(changes=any(olds.get(name) != news.get(name) for name in compared))

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Store the checked inputs and the warnings."""
        return dynamic.CreateResult(_ID, _outputs(props))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """Store the checked inputs and the warnings."""
        return dynamic.UpdateResult(_outputs(news))

    def _site(self, props: Mapping[str, Any]) -> "Iterator[Finding]":
        """Check Jira and Confluence."""
        # Imported here, because a program that uses only other components need not have `preflight`.
        from preflight.atlassian_check import SiteCheck, SiteConfig
        from preflight.finding import failed

        if not _known(props, _SITE):
            return
        if not self._token:
            remedy = f"set it with: pulumi config set --secret {TOKEN_KEY}"
            yield failed("API token", "there is none in the stack's configuration", remedy)
            return
        required = ("jira_url", "confluence_url", "email", "review_project", "review_issue_type")
        site = {name: props.get(name, "") for name in _SITE if name in required or props.get(name)}
        for name in ("space_keys", "document_labels", "ticket_fields"):
            site[name] = tuple(filter(None, (props.get(name) or "").split(",")))
        site["trust_folders"] = bool(props.get("trust_folders"))
        yield from SiteCheck(SiteConfig(**site), self._read).findings()

    def _chat_finding(self) -> "Finding":
        """Check the URL of the chat webhook; nothing is sent."""
        from preflight.chat_check import check_chat_webhook

        return check_chat_webhook(self._chat)

    def _read(self, key: str, *_keys: str, fresh: bool = False) -> str:
        """Return the token under a key of the pipeline's secret."""
        return self._confluence_token if key == CONFLUENCE_TOKEN_KEY else self._token

    def _model(self, props: Mapping[str, Any]) -> "Iterator[Finding]":
        """Check the model with one forced tool call."""
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        from preflight.bedrock_check import check_model
        from preflight.finding import failed

        if not _known(props, _MODEL):
            return
        config = Config(connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 3})
        try:
            session = boto3.Session(profile_name=self._profile, region_name=props["region"])
            client = session.client("bedrock-runtime", config=config)
            control = session.client(
                "bedrock",
                config=Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1}),
            )
        except BotoCoreError as error:
            yield failed("model", f"no connection to AWS: {error}", "log in to AWS, or correct aws:profile")
            return
        yield from check_model(
            client,
            props["model_id"],
            control=control,
            region=props["region"],
            request_fields=json.loads(props.get("request_fields") or "{}"),
        )


def _known(props: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    """Return whether all of these inputs are known; Pulumi may omit empty ones."""
    return not any(isinstance(props.get(name), Unknown) for name in names)


def _line(finding: "Finding") -> str:
    """Return a finding and its remedy as one line."""
    return f"{finding.what}: {finding.seen}. Remedy: {finding.remedy}."


def _failure(problems: list[str]) -> str:
    """Return the error message: the problems with their remedies, and how to skip the check."""
    return "\n".join(
        [
            "the preflight check failed; nothing was created or changed. Solve these problems first:",
            *(f"  - {each}" for each in problems),
            "To deploy without this check: pulumi config set preflight false",
        ]
    )


def _outputs(props: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties that `diff` compares, without the provider, which Pulumi adds."""
    return {name: props.get(name) for name in (*_SITE, *_MODEL, "notes")}
