"""Builds the approval handler's clients, once per process."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from functools import cache

from common.atlassian.clients import connect
from common.aws.clients import cached_client
from common.aws.document_repository import DocumentRepository
from common.aws.draft_store import DraftStore
from common.aws.dynamodb_table import DynamoDbTable
from common.aws.event_bus import EventBus
from common.aws.review_store import ReviewStore
from common.aws.secrets import CachedSecret
from common.aws.sqs_source_queue import SqsSourceQueue
from common.domain.approver_rules import ApproverRules
from common.lambda_entry import environment
from common.lambda_entry.webhook_endpoint import WebhookVerifier
from handlers.approval_handler.carry_out_decision import DecisionExecutor
from handlers.approval_handler.hold_approval import ApprovalHold
from handlers.approval_handler.process_review import ReviewProcessor
from handlers.approval_handler.publisher import Publisher
from handlers.approval_handler.settings import Settings
from handlers.approval_handler.source_tickets import SourceTickets


@dataclass(frozen=True)
class Dependencies:
    """What the webhook and the queue entry points use."""

    processor: ReviewProcessor
    bus: EventBus
    verifier: WebhookVerifier


@cache
def build_dependencies() -> Dependencies:
    """Build all dependencies from the environment variables."""
    env = environment.read_settings(Settings, os.environ)
    secrets = cached_client("secretsmanager")
    s3 = cached_client("s3")
    jira, confluence = connect(env, CachedSecret(secrets, env.jira_api_token_secret_arn))
    records = DocumentRepository(
        DynamoDbTable(cached_client("dynamodb"), env.documents_table, "document_id", time.time)
    )
    bus = EventBus(cached_client("events"), env.event_bus)
    executor = DecisionExecutor(
        records=records,
        drafts=DraftStore(s3, env.documents_bucket),
        reviews=ReviewStore(s3, env.documents_bucket),
        bus=bus,
        jira=jira,
        publisher=Publisher(confluence),
        approval_hold=ApprovalHold(records, jira, SourceTickets(jira, env.decline_labels)),
        max_revisions=env.max_revisions,
    )
    return Dependencies(
        processor=ReviewProcessor(
            records=records,
            jira=jira,
            executor=executor,
            approvers=ApproverRules(env.approver_account_ids, env.approver_group_id, env.four_eyes),
        ),
        bus=bus,
        verifier=WebhookVerifier(CachedSecret(secrets, env.webhook_secret_arn), env.allow_unsigned_webhooks),
    )


@cache
def source_queue() -> SqsSourceQueue:
    """Build the client of this function's queue, used to defer a message or to expire a failed one."""
    return SqsSourceQueue(cached_client("sqs"), time.time)
