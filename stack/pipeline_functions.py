"""The pipeline's functions: where their code is, how long they may take, and what environment each one gets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from stack.pipeline_args import DocumentationPipelineArgs

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
    variables: tuple[str, ...] = ()
    """Names of its environment variables."""

    @property
    def handler(self) -> str:
        """What Lambda calls."""
        return f"handlers.{self.package}.handler.handle"

    @property
    def include(self) -> list[str]:
        """What its archive holds."""
        return ["handlers/__init__.py", f"handlers/{self.package}", "common"]


_JIRA = ("JIRA_BASE_URL", "JIRA_BROWSE_URL", "JIRA_EMAIL", "JIRA_API_TOKEN_SECRET_ARN")
_CONFLUENCE = ("CONFLUENCE_URL", "CONFLUENCE_BROWSE_URL")
_WEBHOOK = ("WEBHOOK_SECRET_ARN", "ALLOW_UNSIGNED_WEBHOOKS")

JIRA_WEBHOOK_HANDLER = FunctionShape(
    name="JiraWebhookHandler",
    package="jira_webhook_handler",
    description="Records a finished ticket that is worth documenting",
    timeout_seconds=15,
    memory_mb=256,
    variables=(
        *_WEBHOOK, "CHANGES_TABLE", "EVENT_BUS", "DOCUMENT_LABELS", "DECLINE_LABELS", "DOCUMENT_ISSUE_TYPES",
        "MAX_CHANGE_AGE_DAYS",
    ),
)  # fmt: skip
DOCUMENT_ORCHESTRATOR = FunctionShape(
    name="DocumentOrchestrator",
    package="document_orchestrator",
    description="Finds the page and drafts its change",
    timeout_seconds=180,
    memory_mb=1024,
    events=("ChangeDetected", "RevisionRequested"),
    variables=(
        *_JIRA, *_CONFLUENCE, "CHANGES_TABLE", "DOCUMENTS_TABLE", "DOCUMENTS_BUCKET", "EVENT_BUS",
        "BEDROCK_MODEL_ID", "CONFLUENCE_SPACE_KEY",
    ),
)  # fmt: skip
REVIEW_TICKET_CREATOR = FunctionShape(
    name="ReviewTicketCreator",
    package="review_ticket_creator",
    description="Shows a draft to a reviewer",
    timeout_seconds=90,
    memory_mb=1024,
    events=("DocumentGenerated",),
    variables=(
        *_JIRA, *_CONFLUENCE, "DOCUMENTS_TABLE", "DOCUMENTS_BUCKET", "JIRA_REVIEW_PROJECT_KEY",
        "REVIEW_ISSUE_TYPE", "LINK_KEY_SECRET_ARN", "REVIEW_BASE_URL",
    ),
)  # fmt: skip
APPROVAL_HANDLER = FunctionShape(
    name="ApprovalHandler",
    package="approval_handler",
    description="Reads the decision and publishes",
    timeout_seconds=90,
    memory_mb=512,
    events=("ReviewCompleted",),
    variables=(
        *_WEBHOOK, *_JIRA, *_CONFLUENCE, "DOCUMENTS_TABLE", "DOCUMENTS_BUCKET", "EVENT_BUS",
        "APPROVER_ACCOUNT_IDS", "APPROVER_GROUP_ID", "DECLINE_LABELS", "FOUR_EYES", "MAX_REVISIONS",
    ),
)  # fmt: skip
REVIEW_PAGE = FunctionShape(
    name="ReviewPage",
    package="review_page",
    description="Serves the visual diff to a reviewer",
    timeout_seconds=10,
    memory_mb=256,
    variables=("DOCUMENTS_BUCKET", "LINK_KEY_SECRET_ARN"),
)

SWEEP = FunctionShape(
    name="Sweep",
    package="sweep",
    description="Feeds in finished tickets that Jira never told of",
    timeout_seconds=300,
    memory_mb=256,
    variables=(
        *_JIRA, "CHANGES_TABLE", "DOCUMENTS_TABLE", "EVENT_BUS", "DOCUMENT_LABELS", "DECLINE_LABELS",
        "DOCUMENT_ISSUE_TYPES", "MAX_CHANGE_AGE_DAYS",
    ),
)  # fmt: skip

GIVEN_UP = '{ $.level = "ERROR" && $.message = "given up" }'
"""Filter for the line with which a handler gives work up for good and tells a person; retries do not count."""

FUNCTIONS: Sequence[FunctionShape] = (
    JIRA_WEBHOOK_HANDLER,
    DOCUMENT_ORCHESTRATOR,
    REVIEW_TICKET_CREATOR,
    APPROVAL_HANDLER,
    REVIEW_PAGE,
    SWEEP,
)
"""All functions, in the pipeline's order."""


def configured(args: DocumentationPipelineArgs) -> dict[str, pulumi.Input[str]]:
    """Translate the configuration into the variables that come from it alone."""
    return {
        "JIRA_BASE_URL": args["jira_base_url"],
        "JIRA_BROWSE_URL": args["jira_browse_url"],
        "JIRA_EMAIL": args["jira_email"],
        "JIRA_REVIEW_PROJECT_KEY": args["jira_review_project"],
        "REVIEW_ISSUE_TYPE": args["review_issue_type"],
        "CONFLUENCE_URL": args["confluence_url"],
        "CONFLUENCE_BROWSE_URL": args["confluence_browse_url"],
        "CONFLUENCE_SPACE_KEY": args["confluence_space_key"],
        "ALLOW_UNSIGNED_WEBHOOKS": _flag(args["allow_unsigned_webhooks"]),
        "BEDROCK_MODEL_ID": args["bedrock_model_id"],
        "DOCUMENT_LABELS": args["document_labels"],
        "DECLINE_LABELS": args["decline_labels"],
        "DOCUMENT_ISSUE_TYPES": args["document_issue_types"],
        "MAX_CHANGE_AGE_DAYS": _number(args["max_change_age_days"]),
        "APPROVER_ACCOUNT_IDS": args["approver_account_ids"],
        "APPROVER_GROUP_ID": args["approver_group_id"],
        "FOUR_EYES": _flag(args["four_eyes"]),
        "MAX_REVISIONS": _number(args["max_revisions"]),
    }


def environment(shape: FunctionShape, values: Environment) -> dict[str, pulumi.Input[str]]:
    """Pick a function's variables; raises KeyError for one that nothing provides."""
    return {name: values[name] for name in sorted(shape.variables)}


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _number(value: pulumi.Input[int]) -> pulumi.Output[str]:
    return pulumi.Output.from_input(value).apply(lambda number: str(int(number)))
