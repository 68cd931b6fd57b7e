"""The pipeline's Lambda functions: package, timeout, memory, events and environment of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from .setting_schema import SETTINGS

Environment = Mapping[str, pulumi.Input[str]]

ARCHIVE_LIMIT = 500 * 1024
"""Maximum size of a function's archive without bytecode, in bytes."""

_WORK = ("runtime", "storage_format", "markup", "domain", "aws", "atlassian", "lambda_entry", "intake")


@dataclass(frozen=True)
class FunctionShape:
    """The static definition of one function."""

    name: str
    """Name, after the prefix in AWS and after the component's name in Pulumi."""
    package: str
    """Package below `handlers`."""
    description: str
    """Description that AWS shows."""
    common: tuple[str, ...]
    """Folders of `common` that it imports, itself or through others."""
    timeout_seconds: int
    """Timeout; API Gateway waits 30 seconds at most."""
    memory_mb: int
    """Memory; CPU grows with it. Chosen by cold start and price: docs/operations.md#memory-and-cold-starts."""
    events: tuple[str, ...] = ()
    """Detail types of the events in the function's queue; empty for functions without a queue."""
    needs_layer: bool = True
    """Whether it imports packages of the layer; what the runtime brings (boto3 with urllib3) is not needed from it."""
    resources: tuple[str, ...] = ()
    """Environment variables with the names of the stack's resources; `variables` adds those of the settings."""

    @property
    def handler(self) -> str:
        """Handler that Lambda calls."""
        return f"handlers.{self.package}.entry.handle"

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of all environment variables of the function."""
        settings = (setting.variable for setting in SETTINGS if self.name in setting.functions)
        return (*self.resources, *settings)

    @property
    def include(self) -> list[str]:
        """Files and folders in the archive of the function."""
        folders = (f"common/{folder}" for folder in self.common)
        return ["handlers/__init__.py", f"handlers/{self.package}", "common/__init__.py", *folders]


JIRA_WEBHOOK_HANDLER = FunctionShape(
    name="JiraWebhookHandler",
    package="jira_webhook_handler",
    description="Records closed tickets that need documentation",
    common=("runtime", "markup", "domain", "aws", "atlassian", "lambda_entry", "intake"),
    timeout_seconds=15,
    memory_mb=1769,
    needs_layer=False,
    resources=("CHANGES_TABLE", "EVENT_BUS"),
)
DOCUMENT_ORCHESTRATOR = FunctionShape(
    name="DocumentOrchestrator",
    package="document_orchestrator",
    description="Selects the Confluence page and drafts its edits",
    common=_WORK,
    timeout_seconds=180,
    memory_mb=512,
    events=("ChangeDetected", "RevisionRequested", "RevertRequested"),
    resources=("CHANGES_TABLE", "DOCUMENTS_TABLE", "DOCUMENTS_BUCKET", "EVENT_BUS"),
)
REVIEW_TICKET_CREATOR = FunctionShape(
    name="ReviewTicketCreator",
    package="review_ticket_creator",
    description="Opens and updates the review ticket of a draft",
    common=_WORK,
    timeout_seconds=90,
    memory_mb=512,
    events=("DocumentGenerated",),
    resources=("DOCUMENTS_TABLE", "DOCUMENTS_BUCKET", "REVIEW_BASE_URL"),
)
APPROVAL_HANDLER = FunctionShape(
    name="ApprovalHandler",
    package="approval_handler",
    description="Reads the reviewer's decision and publishes the page",
    common=_WORK,
    timeout_seconds=90,
    memory_mb=512,
    events=("ReviewCompleted", "ReviewDeleted"),
    resources=("DOCUMENTS_TABLE", "DOCUMENTS_BUCKET", "EVENT_BUS"),
)
REVIEW_PAGE = FunctionShape(
    name="ReviewPage",
    package="review_page",
    description="Serves the review page with the visual diff",
    common=("runtime", "markup", "domain", "aws", "lambda_entry"),
    timeout_seconds=10,
    memory_mb=1769,
    needs_layer=False,
    resources=("DOCUMENTS_BUCKET",),
)

SWEEP = FunctionShape(
    name="Sweep",
    package="sweep",
    description="Finds lost webhooks, reviews whose ticket was deleted, and content that Confluence's conversion lost",
    common=_WORK,
    timeout_seconds=300,
    memory_mb=512,
    resources=("CHANGES_TABLE", "DOCUMENTS_TABLE", "DOCUMENTS_BUCKET", "EVENT_BUS"),
)

WORK_FAILED = '{ $.message = "work.failed" }'
"""Filter pattern for the log line of a permanent failure, which people are notified of. Retries do not match."""

ACCESS_MAY_BE_LOST = '{ $.message = "review.access_may_be_lost" }'
"""Filter pattern for a log line of the sweep: the Kinexus account may have lost the right to see open reviews."""

TOKEN_EXPIRES = '{ $.message = "token.expires_soon" }'  # noqa: S105 (a filter pattern)
"""Filter pattern for the sweep's log line that the API token expires within 30 days."""

LIMIT_REACHED = '{ $.message = "drafts.limit_reached" }'
"""Filter pattern for the log line that the daily limit of drafts is reached."""

ENDED_BY_A_PERSON = '{ $.message = "document.ended" && $.accepted >= 0 }'
"""Filter pattern for the log line of a review that a person's decision ended; `accepted` is 1 or 0."""

ENDED_IN_TIME = '{ $.message = "document.ended" && $.hours >= 0 }'
"""Filter pattern for such a line with the hours from the announcement of the newest revision to the decision."""

DEFERRED = '{ $.message = "message.deferred" }'
"""Filter pattern for the log line of a deferred message: a service is down or throttles, or a lease is held."""

SCHEDULED_AT = {"scheduled_at": "<aws.scheduler.scheduled-time>"}
"""Payload of the sweep's schedule: the scheduled time. Every retry has the same."""

FUNCTIONS: Sequence[FunctionShape] = (
    JIRA_WEBHOOK_HANDLER,
    DOCUMENT_ORCHESTRATOR,
    REVIEW_TICKET_CREATOR,
    APPROVAL_HANDLER,
    REVIEW_PAGE,
    SWEEP,
)
"""All functions, in the pipeline's order."""


def environment_of_settings(args: Mapping[str, Any]) -> dict[str, pulumi.Input[str]]:
    """Return the environment variables that hold settings; secrets are left out."""
    return {
        setting.variable: _text(args[setting.field])
        for setting in SETTINGS
        if setting.variable and not setting.is_secret
    }


def environment(shape: FunctionShape, values: Environment) -> dict[str, pulumi.Input[str]]:
    """Return a function's environment, picked from all values. Raises KeyError for a variable without a value."""
    return {name: values[name] for name in sorted(shape.variables)}


def _text(value: pulumi.Input[Any]) -> pulumi.Input[str]:
    """Return a setting's value as text for an environment variable."""
    if isinstance(value, pulumi.Output):
        return value.apply(_text)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) else str(value)
