"""Builds the review ticket creator's clients, once per process."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from functools import cache, partial

from common.atlassian.clients import connect
from common.aws.clients import cached_client
from common.aws.document_repository import DocumentRepository
from common.aws.draft_store import DraftStore
from common.aws.dynamodb_table import DynamoDbTable
from common.aws.review_store import ReviewStore
from common.aws.secrets import CachedSecret
from common.aws.sqs_source_queue import SqsSourceQueue
from common.domain.events import EventName
from common.domain.route import Route, read_routes
from common.lambda_entry import environment
from common.lambda_entry.sqs_batch import UseCase
from handlers.review_ticket_creator.chat_notification import ChatNotification
from handlers.review_ticket_creator.create_ticket import TicketCreation
from handlers.review_ticket_creator.document_generated import DocumentGenerated
from handlers.review_ticket_creator.invited_reviewers import InvitedReviewers
from handlers.review_ticket_creator.review_ticket import ReviewTickets
from handlers.review_ticket_creator.settings import Settings


@cache
def build_use_cases() -> Mapping[EventName, UseCase]:
    """Build the use case from the environment variables."""
    env = environment.read_settings(Settings, os.environ)
    secrets = cached_client("secretsmanager")
    link_key = CachedSecret(secrets, env.link_key_secret_arn)
    s3 = cached_client("s3")
    jira, confluence = connect(env, CachedSecret(secrets, env.jira_api_token_secret_arn))
    records = DocumentRepository(
        DynamoDbTable(cached_client("dynamodb"), env.documents_table, "document_id", time.time)
    )
    default = Route(
        review_project=env.jira_review_project_key,
        issue_type=env.review_issue_type,
        review_fields=env.review_fields,
        reviewers=env.reviewer_account_ids,
        approvers=env.approver_account_ids,
        approver_group=env.approver_group_id,
    )
    routes = read_routes(env.routes, default)
    generated = DocumentGenerated(
        records=records,
        drafts=DraftStore(s3, env.documents_bucket),
        reviews=ReviewStore(s3, env.documents_bucket),
        jira=jira,
        tickets=ReviewTickets(
            records,
            jira,
            routes,
            TicketCreation(records, jira, env.review_link_type, time.time),
        ),
        confluence=confluence,
        link_key=lambda: str(link_key.get("key")),
        base_url=env.review_base_url,
        trust_folders=env.trust_folders,
        invited=InvitedReviewers(jira, routes, env.four_eyes),
        chat=ChatNotification(
            partial(CachedSecret(secrets, env.chat_webhook_url_secret_arn).get, "url")
            if env.chat_webhook_url_secret_arn
            else None
        ),
        now=lambda: time.time(),
    )
    return {EventName.DOCUMENT_GENERATED: generated}


@cache
def source_queue() -> SqsSourceQueue:
    """Build the client of this function's queue, used to defer a message or to expire a failed one."""
    return SqsSourceQueue(cached_client("sqs"), time.time)
