"""Where this function's clients are built, once a process."""

from __future__ import annotations

import os
import time
from functools import cache

from common import settings
from common.atlassian_clients import connect_jira
from common.aws_clients import client
from common.change_records import ChangeRecords
from common.detection import Detection
from common.document_records import DocumentRecords
from common.documentation_rules import Rules
from common.event_bus import EventBus
from common.records import Records
from common.secret import Secret
from common.sweeping import Sweep
from handlers.sweep.settings import Settings


@cache
def sweep() -> Sweep:
    """Build everything from the environment."""
    env = settings.read(Settings, os.environ)
    jira = connect_jira(env, Secret(client("secretsmanager"), env.jira_api_token_secret_arn))
    rules = Rules(env.document_labels, env.decline_labels, env.document_issue_types, env.max_change_age_days)
    database = client("dynamodb")
    changes = ChangeRecords(Records(database, env.changes_table, "change_id", time.time))
    documents = DocumentRecords(Records(database, env.documents_table, "document_id", time.time))
    bus = EventBus(client("events"), env.event_bus)
    return Sweep(jira, Detection(changes, bus, rules, time.time), documents)
