"""Where this function's clients are built, once a process."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from functools import cache

from common.atlassian.clients import connect
from common.aws.clients import client
from common.aws.document_repository import DocumentRecords
from common.aws.draft_store import DraftStore
from common.aws.dynamodb_table import Records
from common.aws.event_bus import EventBus
from common.aws.review_store import ReviewStore
from common.aws.secrets import Secret
from common.aws.sqs_source_queue import OwnQueue
from common.lambda_entry import environment
from common.lambda_entry.webhook_endpoint import Door
from handlers.approval_handler.carry_out_decision import Completion
from handlers.approval_handler.hold_approval import Holding
from handlers.approval_handler.process_review import Deciding
from handlers.approval_handler.publisher import Publisher
from handlers.approval_handler.read_review_state import Approvers
from handlers.approval_handler.settings import Settings
from handlers.approval_handler.source_tickets import Sources


@dataclass(frozen=True)
class Parts:
    """What both doors work with."""

    deciding: Deciding
    bus: EventBus
    door: Door


@cache
def parts() -> Parts:
    """Build everything from the environment."""
    env = environment.read(Settings, os.environ)
    secrets = client("secretsmanager")
    s3 = client("s3")
    jira, confluence = connect(env, Secret(secrets, env.jira_api_token_secret_arn))
    records = DocumentRecords(Records(client("dynamodb"), env.documents_table, "document_id", time.time))
    bus = EventBus(client("events"), env.event_bus)
    completion = Completion(
        records=records,
        drafts=DraftStore(s3, env.documents_bucket),
        reviews=ReviewStore(s3, env.documents_bucket),
        bus=bus,
        jira=jira,
        publisher=Publisher(confluence),
        holding=Holding(records, jira, Sources(jira, env.decline_labels)),
        max_revisions=env.max_revisions,
    )
    return Parts(
        deciding=Deciding(
            records=records,
            jira=jira,
            completion=completion,
            approvers=Approvers(env.approver_account_ids, env.approver_group_id, env.four_eyes),
        ),
        bus=bus,
        door=Door(Secret(secrets, env.webhook_secret_arn), env.allow_unsigned_webhooks),
    )


@cache
def own_queue() -> OwnQueue:
    """Build the way back to this function's queue, which only deferred and failed messages take."""
    return OwnQueue(client("sqs"), time.time)
