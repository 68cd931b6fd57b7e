"""Builds this function's clients from the environment, once per process."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from functools import cache, partial

from common.atlassian.clients import connect
from common.atlassian.confluence_client import ConfluenceClient
from common.aws.bedrock_client import BedrockClient
from common.aws.change_repository import ChangeRepository
from common.aws.clients import cached_client
from common.aws.document_repository import DocumentRepository
from common.aws.draft_store import DraftStore
from common.aws.drafting_gate import DraftingGate
from common.aws.dynamodb_table import DynamoDbTable
from common.aws.event_bus import EventBus
from common.aws.review_store import ReviewStore
from common.aws.secrets import CachedSecret
from common.aws.sqs_source_queue import SqsSourceQueue
from common.domain.events import EventName
from common.domain.route import Route, read_routes
from common.lambda_entry import environment
from common.lambda_entry.sqs_batch import UseCase
from common.runtime.errors import PermanentFailure
from handlers.document_orchestrator.ask_for_page import PageQuestions
from handlers.document_orchestrator.change_detected import ChangeDetected
from handlers.document_orchestrator.claim_page import PageClaims
from handlers.document_orchestrator.close_without_edit import CloseWithoutEdit
from handlers.document_orchestrator.drafting.draft_revision import RevisionDrafter
from handlers.document_orchestrator.new_page_register import NewPageRegister
from handlers.document_orchestrator.revert_requested import RevertRequested
from handlers.document_orchestrator.revision_requested import RevisionRequested
from handlers.document_orchestrator.select_and_reserve_page import PageSelection
from handlers.document_orchestrator.settings import Settings
from handlers.document_orchestrator.style_guide import StyleGuide
from handlers.document_orchestrator.ticket_reader import TicketReader
from handlers.document_orchestrator.writable_spaces import RoutedSpaces, WritableSpaces


@cache
def build_use_cases() -> Mapping[EventName, UseCase]:
    """Build the use cases from the environment; raise InvalidEnvironment if a variable is missing or wrong."""
    env = environment.read_settings(Settings, os.environ)
    jira, confluence = connect(
        env, CachedSecret(cached_client("secretsmanager"), env.jira_api_token_secret_arn)
    )
    dynamodb, s3 = cached_client("dynamodb"), cached_client("s3")
    fields = json.loads(env.additional_model_request_fields or "{}")
    model = BedrockClient(
        cached_client("bedrock-runtime", read_timeout=75), env.bedrock_model_id, fields, env.bedrock_guardrail
    )
    table = DynamoDbTable(dynamodb, env.documents_table, "document_id", time.time)
    records, drafts = DocumentRepository(table), DraftStore(s3, env.documents_bucket)
    changes = ChangeRepository(DynamoDbTable(dynamodb, env.changes_table, "change_id", time.time))
    new_pages = NewPageRegister(table, changes, time.time)
    bus = EventBus(cached_client("events"), env.event_bus)
    gate = DraftingGate(table, env.max_drafts_per_day, time.time)
    default = Route(
        spaces=env.confluence_space_key,
        approvers=env.approver_account_ids,
        approver_group=env.approver_group_id,
    )
    site = RoutedSpaces(read_routes(env.routes, default), cache(partial(_site, confluence, env)))
    no_edit = CloseWithoutEdit(records, ReviewStore(s3, env.documents_bucket), jira)
    tickets = TicketReader(jira, env.ticket_fields)
    guide = StyleGuide(confluence, env.style_guide_page, env.trust_folders, time.time)
    drafter = RevisionDrafter(records, drafts, tickets, model, no_edit, site, guide)
    claims = PageClaims(records, changes, new_pages, confluence, site.routes, time.time)
    return {
        EventName.CHANGE_DETECTED: ChangeDetected(
            changes=changes,
            records=records,
            jira=jira,
            tickets=tickets,
            confluence=confluence,
            selection=PageSelection(changes, records, new_pages, drafts, model, time.time),
            claims=claims,
            drafter=drafter,
            no_edit=no_edit,
            bus=bus,
            gate=gate,
            questions=PageQuestions(changes, jira, env.decline_labels, time.time),
            site=site,
        ),
        EventName.REVISION_REQUESTED: RevisionRequested(
            records, jira, confluence, drafter, no_edit, bus, gate
        ),
        EventName.REVERT_REQUESTED: RevertRequested(
            records, confluence, claims, drafter, no_edit, bus, time.time
        ),
    }


def _site(confluence: ConfluenceClient, env: Settings, keys: tuple[str, ...]) -> WritableSpaces:
    found = {space.key: space for space in confluence.spaces(keys)}
    missing = [key for key in keys if key not in found]
    if missing:
        raise PermanentFailure(
            f"confluenceSpaceKey or routes names the space {', '.join(missing)}, but the Kinexus account cannot find "
            "or view it"
        )
    return WritableSpaces(tuple(found[key] for key in keys), env.confluence_browse_url, env.trust_folders)


@cache
def source_queue() -> SqsSourceQueue:
    """Build the client of this function's source queue, which only deferred and failed messages need."""
    return SqsSourceQueue(cached_client("sqs"), time.time)
