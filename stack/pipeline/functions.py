"""The pipeline's functions: where their code is, how long they may take, and what environment each one gets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from .args import DocumentationPipelineArgs
from .setting_schema import SETTINGS

Environment = Mapping[str, pulumi.Input[str]]


@dataclass(frozen=True)
class FunctionShape:
    """What distinguishes one function from another before any resource exists."""

    name: str
    """Name after the prefix in AWS, and after the component's name in Pulumi."""
    package: str
    """Package below `handlers`."""
    description: str
    """What it does, as AWS shows it."""
    timeout_seconds: int
    """Longest run; API routes answer within 30 seconds."""
    memory_mb: int
    """Memory, and with it CPU."""
    events: tuple[str, ...] = ()
    """Detail types of the events that its queue gets; none for functions without a queue."""
    resources: tuple[str, ...] = ()
    """Environment variables that name resources of the stack; those of settings come on top."""

    @property
    def handler(self) -> str:
        """What Lambda calls."""
        return f"handlers.{self.package}.handler.handle"

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of all its environment variables."""
        settings = (setting.variable for setting in SETTINGS if self.name in setting.functions)
        return (*self.resources, *settings)

    @property
    def include(self) -> list[str]:
        """What its archive holds."""
        return ["handlers/__init__.py", f"handlers/{self.package}", "common"]


JIRA_WEBHOOK_HANDLER = FunctionShape(
    name="JiraWebhookHandler",
    package="jira_webhook_handler",
    description="Records a finished ticket that is worth documenting",
    timeout_seconds=15,
    memory_mb=256,
    resources=("CHANGES_TABLE", "EVENT_BUS"),
)
DOCUMENT_ORCHESTRATOR = FunctionShape(
    name="DocumentOrchestrator",
    package="document_orchestrator",
    description="Finds the page and drafts its change",
    timeout_seconds=180,
    memory_mb=1024,
    events=("ChangeDetected", "RevisionRequested"),
    resources=("CHANGES_TABLE", "DOCUMENTS_TABLE", "DOCUMENTS_BUCKET", "EVENT_BUS"),
)
REVIEW_TICKET_CREATOR = FunctionShape(
    name="ReviewTicketCreator",
    package="review_ticket_creator",
    description="Shows a draft to a reviewer",
    timeout_seconds=90,
    memory_mb=1024,
    events=("DocumentGenerated",),
    resources=("DOCUMENTS_TABLE", "DOCUMENTS_BUCKET", "REVIEW_BASE_URL"),
)
APPROVAL_HANDLER = FunctionShape(
    name="ApprovalHandler",
    package="approval_handler",
    description="Reads the decision and publishes",
    timeout_seconds=90,
    memory_mb=512,
    events=("ReviewCompleted", "ReviewDeleted"),
    resources=("DOCUMENTS_TABLE", "DOCUMENTS_BUCKET", "EVENT_BUS"),
)
REVIEW_PAGE = FunctionShape(
    name="ReviewPage",
    package="review_page",
    description="Serves the visual diff to a reviewer",
    timeout_seconds=10,
    memory_mb=256,
    resources=("DOCUMENTS_BUCKET",),
)

SWEEP = FunctionShape(
    name="Sweep",
    package="sweep",
    description="Feeds in finished tickets that Jira never told of, and notices deleted reviews",
    timeout_seconds=300,
    memory_mb=256,
    resources=("CHANGES_TABLE", "DOCUMENTS_TABLE", "EVENT_BUS"),
)

WORK_FAILED = '{ $.message = "work.failed" }'
"""Filter for the line that a handler logs when work has failed for good and people are told; retries do not count."""

ACCESS_MAY_BE_LOST = '{ $.message = "review.access_may_be_lost" }'
"""Filter for the line with which the sweep tells that open reviews may be hidden from the pipeline's account."""

DEFERRED = '{ $.message = "message.deferred" }'
"""Filter for the line with which a handler defers a message, because a service is down, limits us, or is at work."""

SCHEDULED_AT = {"scheduled_at": "<aws.scheduler.scheduled-time>"}
"""What the schedule tells the sweep: the time that it is meant to begin, the same in each try."""

FUNCTIONS: Sequence[FunctionShape] = (
    JIRA_WEBHOOK_HANDLER,
    DOCUMENT_ORCHESTRATOR,
    REVIEW_TICKET_CREATOR,
    APPROVAL_HANDLER,
    REVIEW_PAGE,
    SWEEP,
)
"""All functions, in the pipeline's order."""


def environment_of_settings(args: DocumentationPipelineArgs) -> dict[str, pulumi.Input[str]]:
    """Translate the configuration into the variables that come from it alone."""
    values: Mapping[str, Any] = {**args}
    return {
        setting.variable: _text(values[setting.field])
        for setting in SETTINGS
        if setting.variable and not setting.is_secret
    }


def environment(shape: FunctionShape, values: Environment) -> dict[str, pulumi.Input[str]]:
    """Pick a function's variables; raises KeyError for one that nothing provides."""
    return {name: values[name] for name in sorted(shape.variables)}


def _text(value: pulumi.Input[Any]) -> pulumi.Input[str]:
    """Write a value as an environment has it: always text."""
    if isinstance(value, pulumi.Output):
        return value.apply(_text)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) else str(value)
