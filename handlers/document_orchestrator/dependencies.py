"""Where this function's clients are built, once a process."""

from __future__ import annotations

import os
import time
from functools import cache, partial

from common.atlassian.clients import connect
from common.atlassian.confluence_client import ConfluenceClient
from common.aws.bedrock_client import ToolModel
from common.aws.change_repository import ChangeRecords
from common.aws.clients import client
from common.aws.document_repository import DocumentRecords
from common.aws.draft_store import DraftStore
from common.aws.dynamodb_table import Records
from common.aws.event_bus import EventBus
from common.aws.review_store import ReviewStore
from common.aws.secrets import Secret
from common.aws.sqs_source_queue import OwnQueue
from common.lambda_entry import environment
from common.runtime.errors import GivenUp
from handlers.document_orchestrator.close_without_edit import NoEdit
from handlers.document_orchestrator.document_lifecycle import Documents
from handlers.document_orchestrator.drafting.draft_revision import Drafter
from handlers.document_orchestrator.new_page_register import Beginnings
from handlers.document_orchestrator.orchestrator import Orchestration
from handlers.document_orchestrator.select_and_reserve_page import choose_pages
from handlers.document_orchestrator.settings import Settings
from handlers.document_orchestrator.writable_spaces import Site


@cache
def orchestration() -> Orchestration:
    """Build everything from the environment."""
    env = environment.read(Settings, os.environ)
    jira, confluence = connect(env, Secret(client("secretsmanager"), env.jira_api_token_secret_arn))
    dynamodb = client("dynamodb")
    model = ToolModel(client("bedrock-runtime", read_timeout=75), env.bedrock_model_id)
    s3 = client("s3")
    table = Records(dynamodb, env.documents_table, "document_id", time.time)
    records = DocumentRecords(table)
    site = cache(partial(_site, confluence, env))
    drafter = Drafter(
        records=records,
        drafts=DraftStore(s3, env.documents_bucket),
        jira=jira,
        confluence=confluence,
        model=model,
        no_edit=NoEdit(records, ReviewStore(s3, env.documents_bucket), jira),
        site=site,
    )
    changes = ChangeRecords(Records(dynamodb, env.changes_table, "change_id", time.time))
    documents = Documents(
        records=records,
        beginnings=Beginnings(table, changes, time.time),
        changes=changes,
        drafter=drafter,
        bus=EventBus(client("events"), env.event_bus),
        confluence=confluence,
        clock=time.time,
    )
    return Orchestration(
        changes=changes,
        documents=documents,
        jira=jira,
        site=site,
        choose=partial(choose_pages, documents),
    )


def _site(confluence: ConfluenceClient, env: Settings) -> Site:
    keys = env.confluence_space_key
    found = {space.key: space for space in confluence.spaces(keys)}
    missing = [key for key in keys if key not in found]
    if missing:
        raise GivenUp(f"CONFLUENCE_SPACE_KEY names {', '.join(missing)}, which our account cannot see")
    return Site(tuple(found[key] for key in keys), env.confluence_browse_url, env.trust_folders)


@cache
def own_queue() -> OwnQueue:
    """Build the way back to this function's queue, which only deferred and failed messages take."""
    return OwnQueue(client("sqs"), time.time)
