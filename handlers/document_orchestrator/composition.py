"""Where this function's clients are built, once a process."""

from __future__ import annotations

import os
import time
from functools import cache, partial

from common import settings
from common.atlassian_clients import connect
from common.aws_clients import client
from common.change_records import ChangeRecords
from common.confluence import ConfluenceClient
from common.document_records import DocumentRecords
from common.draft_store import DraftStore
from common.event_bus import EventBus
from common.model import ToolModel
from common.own_queue import OwnQueue
from common.queue_door import GivenUp
from common.records import Records
from common.review_store import ReviewStore
from common.secret import Secret
from handlers.document_orchestrator.beginnings import Beginnings
from handlers.document_orchestrator.choosing import choose_pages
from handlers.document_orchestrator.documents import Documents
from handlers.document_orchestrator.finding import Site
from handlers.document_orchestrator.next_draft import Drafter
from handlers.document_orchestrator.no_edit import NoEdit
from handlers.document_orchestrator.orchestration import Orchestration
from handlers.document_orchestrator.settings import Settings


@cache
def orchestration() -> Orchestration:
    """Build everything from the environment."""
    env = settings.read(Settings, os.environ)
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
