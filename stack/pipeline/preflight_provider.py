"""Looks at the site and the model when Pulumi has the inputs of a Preflight checked, and says what is amiss."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pulumi import dynamic
from pulumi.output import Unknown

if TYPE_CHECKING:
    from preflight.finding import Finding

TOKEN_KEY = "jiraApiToken"  # noqa: S105 (the name of a setting)
"""Setting of the stack with the token that the pipeline works with."""

_SITE = (
    "jira_url",
    "confluence_url",
    "email",
    "space_keys",
    "trust_folders",
    "review_project",
    "review_issue_type",
    "approver_group",
)
_MODEL = ("region", "model_id")
_ID = "preflight"


class PreflightProvider(dynamic.ResourceProvider):
    """Looks while it checks; there is nothing to create. Serialised before it knows the token."""

    serialize_as_secret_always = False  # it holds nothing

    def __init__(self) -> None:
        super().__init__()
        self._token = ""
        self._profile: str | None = None

    def configure(self, req: dynamic.ConfigureRequest) -> None:
        """Read the token, and with which AWS profile the stack is deployed."""
        self._token = req.config.get(TOKEN_KEY) or ""
        self._profile = req.config.get("aws:profile")

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.CheckResult:
        """Look at everything that is known already; what is amiss makes one failure, the rest notes."""
        from preflight.finding import Level

        findings = [*self._site(news), *self._model(news)]
        amiss = [_line(each) for each in findings if each.level is Level.FAILED]
        notes = [_line(each) for each in findings if each.level is Level.WARNING]
        failures = [dynamic.CheckFailure("", _refusal(amiss))] if amiss else []
        return dynamic.CheckResult({**news, "notes": notes}, failures)

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """Tell whether something else was looked at, or something else noted."""
        compared = (*_SITE, *_MODEL, "notes")
        return dynamic.DiffResult(changes=any(olds.get(name) != news.get(name) for name in compared))

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Keep what was looked at."""
        return dynamic.CreateResult(_ID, _outputs(props))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """Keep what was looked at."""
        return dynamic.UpdateResult(_outputs(news))

    def _site(self, props: Mapping[str, Any]) -> "Iterator[Finding]":
        """Look at Jira and Confluence."""
        # Here, not above: a program that uses other components need not have it.
        from preflight.atlassian_check import SiteCheck, SiteConfig
        from preflight.finding import failed

        if not _known(props, _SITE):
            return
        if not self._token:
            remedy = f"set it with: pulumi config set --secret {TOKEN_KEY}"
            yield failed("API token", "there is none in the stack's configuration to look with", remedy)
            return
        site = {name: props.get(name, "") for name in _SITE}
        site["space_keys"] = tuple(props["space_keys"].split(","))
        site["trust_folders"] = bool(props.get("trust_folders"))
        yield from SiteCheck(SiteConfig(**site), lambda _fresh: self._token).findings()

    def _model(self, props: Mapping[str, Any]) -> "Iterator[Finding]":
        """Ask the model for one token."""
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        from preflight.bedrock_check import check_model
        from preflight.finding import failed

        if not _known(props, _MODEL):
            return
        patience = Config(connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 3})
        try:
            session = boto3.Session(profile_name=self._profile, region_name=props["region"])
            client = session.client("bedrock-runtime", config=patience)
        except BotoCoreError as error:
            yield failed("model", f"AWS cannot be asked: {error}", "log in to AWS, or correct aws:profile")
            return
        yield check_model(client, props["model_id"])


def _known(props: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    """Tell whether a preview knows all of these; empty ones may be left out on the wire."""
    return not any(isinstance(props.get(name), Unknown) for name in names)


def _line(finding: "Finding") -> str:
    """Write a finding with its remedy."""
    return f"{finding.what}: {finding.seen}. Remedy: {finding.remedy}."


def _refusal(amiss: list[str]) -> str:
    """Write what has to be repaired first, and how to do without looking."""
    return "\n".join(
        [
            "the pipeline could not work as it is configured; nothing was made or changed.",
            *(f"  - {each}" for each in amiss),
            "To deploy without looking: pulumi config set preflight false",
        ]
    )


def _outputs(props: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what later comparisons need, without the provider, which Pulumi adds itself."""
    return {name: props.get(name) for name in (*_SITE, *_MODEL, "notes")}
