"""Builds the clients for the approval handler's events, once per process."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
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
from common.domain.events import EventName
from common.domain.route import Route, read_routes
from common.lambda_entry import environment
from common.lambda_entry.sqs_batch import UseCase
from handlers.approval_handler.carry_out_decision import DecisionExecutor
from handlers.approval_handler.copied_reviews import CopiedReviews
from handlers.approval_handler.end_of_review import EndOfReview
from handlers.approval_handler.failed_review import LEASE_SECONDS, FailedReview
from handlers.approval_handler.hold_approval import ApprovalHold
from handlers.approval_handler.publisher import Publisher
from handlers.approval_handler.read_review_state import ReviewStateReader
from handlers.approval_handler.review_completed import ReviewCompleted
from handlers.approval_handler.review_deleted import ReviewDeleted
from handlers.approval_handler.settings import Settings
from handlers.approval_handler.source_tickets import SourceTickets


@cache
def build_use_cases() -> Mapping[EventName, UseCase]:
    """Build the use cases from the environment variables."""
    env = environment.read_settings(Settings, os.environ)
    s3 = cached_client("s3")
    jira, confluence = connect(
        env, CachedSecret(cached_client("secretsmanager"), env.jira_api_token_secret_arn)
    )
    records = DocumentRepository(
        DynamoDbTable(cached_client("dynamodb"), env.documents_table, "document_id", time.time)
    )
    bus = EventBus(cached_client("events"), env.event_bus)
    default = Route(approvers=env.approver_account_ids, approver_group=env.approver_group_id)
    routes = read_routes(env.routes, default)
    executor = DecisionExecutor(
        records=records,
        drafts=DraftStore(s3, env.documents_bucket),
        jira=jira,
        publisher=Publisher(confluence),
        approval_hold=ApprovalHold(records, jira, SourceTickets(jira, env.decline_labels)),
        routes=routes,
        max_revisions=env.max_revisions,
    )
    end = EndOfReview(records, ReviewStore(s3, env.documents_bucket), jira, bus)
    copied_reviews = CopiedReviews(records, jira, LEASE_SECONDS)
    failed = FailedReview(records, jira, copied_reviews)
    reader = ReviewStateReader(jira, routes, env.four_eyes)
    return {
        EventName.REVIEW_COMPLETED: ReviewCompleted(
            records, jira, reader, executor, end, copied_reviews, failed, bus
        ),
        EventName.REVIEW_DELETED: ReviewDeleted(records, jira, executor, end, failed),
    }


@cache
def source_queue() -> SqsSourceQueue:
    """Build the client of this function's queue, used to defer a message or to expire a failed one."""
    return SqsSourceQueue(cached_client("sqs"), time.time)
