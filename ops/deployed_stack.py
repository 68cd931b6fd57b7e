"""The resources of a deployed stack, read from the configuration of its functions.

An operator names the stack's prefix; the functions' environment variables name everything else.
https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import boto3
from botocore.exceptions import ClientError

from common.atlassian.clients import connect
from common.atlassian.confluence_client import ConfluenceClient
from common.atlassian.jira_client import JiraClient
from common.aws.change_repository import ChangeRepository
from common.aws.document_repository import DocumentRepository
from common.aws.drafting_gate import DraftingGate
from common.aws.dynamodb_table import DynamoDbTable
from common.aws.event_bus import EventBus
from common.aws.review_store import ReviewStore
from common.aws.secrets import CachedSecret
from common.lambda_entry import environment as settings
from ops.errors import OperatorError

#: The functions whose environment variables the commands read.
FUNCTIONS = ("JiraWebhookHandler", "DocumentOrchestrator", "ReviewTicketCreator", "ApprovalHandler", "Sweep")
#: Those of them that are invoked by a queue.
QUEUE_FUNCTIONS = FUNCTIONS[1:4]


@dataclass(frozen=True)
class Settings:
    """The environment variables of all functions together; a field ``event_bus`` is the variable ``EVENT_BUS``."""

    changes_table: str
    documents_table: str
    documents_bucket: str
    event_bus: str
    jira_base_url: str
    jira_browse_url: str
    jira_email: str
    jira_api_token_secret_arn: str
    confluence_url: str
    confluence_browse_url: str
    confluence_email: str
    confluence_space_key: tuple[str, ...]
    webhook_secret_arn: str
    allow_unsigned_webhooks: bool
    trust_folders: bool
    review_base_url: str
    review_issue_type: str
    review_link_type: str
    bedrock_model_id: str
    document_labels: tuple[str, ...]
    decline_labels: tuple[str, ...]
    document_issue_types: tuple[str, ...]
    max_change_age_days: int
    max_drafts_per_day: int
    jira_review_project_key: str = ""
    review_fields: str = ""
    additional_model_request_fields: str = ""
    bedrock_guardrail: str = ""
    atlassian_token_url: str = ""
    atlassian_client_id: str = ""
    atlassian_token_expires: str = ""
    approver_group_id: str = ""
    ticket_fields: tuple[str, ...] = ()
    style_guide_page: str = ""
    routes: str = ""
    chat_webhook_url_secret_arn: str = ""


@dataclass(frozen=True)
class FunctionQueue:
    """The queue that invokes a function, and its dead-letter queue."""

    function: str
    queue_url: str
    dead_letters_url: str
    is_enabled: bool


class DeployedStack:
    """The stack with the namePrefix ``prefix``, in the AWS account and region of the environment."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.client: Callable[[str], Any] = cache(boto3.client)

    @cached_property
    def settings(self) -> Settings:
        """The functions' environment variables; raises OperatorError if a function does not exist."""
        environment: dict[str, str] = {}
        for function in FUNCTIONS:
            environment |= self._environment(function)
        return settings.read_settings(Settings, environment)

    @cached_property
    def queues(self) -> tuple[FunctionQueue, ...]:
        """The queues of the functions, found by their event source mappings; raises OperatorError without one."""
        return tuple(self._queue(function) for function in QUEUE_FUNCTIONS)

    @cached_property
    def sweep_dead_letters_url(self) -> str | None:
        """The dead-letter queue of the daily sweep's schedule; None if there is no schedule."""
        try:
            return self._queue_url(f"{self.prefix}-Sweep-schedule-dead-letters")
        except self.client("sqs").exceptions.QueueDoesNotExist:
            return None

    @property
    def changes(self) -> ChangeRepository:
        """The changes table."""
        table = self.settings.changes_table
        return ChangeRepository(DynamoDbTable(self.client("dynamodb"), table, "change_id", time.time))

    @property
    def reviews(self) -> ReviewStore:
        """The review pages in the bucket."""
        return ReviewStore(self.client("s3"), self.settings.documents_bucket)

    @property
    def documents(self) -> DocumentRepository:
        """The documents table."""
        table = self.settings.documents_table
        return DocumentRepository(DynamoDbTable(self.client("dynamodb"), table, "document_id", time.time))

    @property
    def gate(self) -> DraftingGate:
        """The gate before drafting."""
        table = DynamoDbTable(
            self.client("dynamodb"), self.settings.documents_table, "document_id", time.time
        )
        return DraftingGate(table, self.settings.max_drafts_per_day, time.time)

    @property
    def bus(self) -> EventBus:
        """The bus between the functions."""
        return EventBus(self.client("events"), self.settings.event_bus)

    @cached_property
    def atlassian(self) -> tuple[JiraClient, ConfluenceClient]:
        """The Jira and Confluence clients, with the pipeline's own API token."""
        token = CachedSecret(self.client("secretsmanager"), self.settings.jira_api_token_secret_arn)
        return connect(self.settings, token)

    def _environment(self, function: str) -> dict[str, str]:
        name = f"{self.prefix}-{function}"
        try:
            answer = self.client("lambda").get_function_configuration(FunctionName=name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            raise OperatorError(
                f"there is no function {name} in the region {self.client('lambda').meta.region_name} of this account",
                "set the stack's namePrefix with --prefix, and its account and region with AWS_PROFILE and AWS_REGION",
            ) from error
        variables: dict[str, str] = answer.get("Environment", {}).get("Variables", {})
        return variables

    def _queue(self, function: str) -> FunctionQueue:
        name = f"{self.prefix}-{function}"
        mappings = self.client("lambda").list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
        if not mappings:
            self._environment(function)  # raises OperatorError if the function itself does not exist
            raise OperatorError(
                f"the function {name} has no event source mapping", "run `pulumi up`, which creates it"
            )
        queue = self._queue_url(mappings[0]["EventSourceArn"])
        answer = self.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["RedrivePolicy"])
        policy = json.loads(answer.get("Attributes", {}).get("RedrivePolicy", "{}"))
        if "deadLetterTargetArn" not in policy:
            raise OperatorError(
                f"the queue of {name} has no dead-letter queue", "run `pulumi up`, which sets it"
            )
        return FunctionQueue(
            function=function,
            queue_url=queue,
            dead_letters_url=self._queue_url(policy["deadLetterTargetArn"]),
            is_enabled=mappings[0].get("State") in ("Enabled", "Enabling", "Creating", "Updating"),
        )

    def _queue_url(self, arn: str) -> str:
        url: str = self.client("sqs").get_queue_url(QueueName=arn.rsplit(":", 1)[-1])["QueueUrl"]
        return url
