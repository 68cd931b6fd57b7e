"""Where this function's clients are built, once a process."""

from __future__ import annotations

import os
import time
from functools import cache

from common.atlassian.clients import connect_jira
from common.aws.change_repository import ChangeRecords
from common.aws.clients import client
from common.aws.document_repository import DocumentRecords
from common.aws.dynamodb_table import Records
from common.aws.event_bus import EventBus
from common.aws.secrets import Secret
from common.intake.detect_change import Detection
from common.intake.eligibility import Rules
from common.intake.sweep import Sweep
from common.lambda_entry import environment
from handlers.sweep.settings import Settings


@cache
def sweep() -> Sweep:
    """Build everything from the environment."""
    env = environment.read(Settings, os.environ)
    jira = connect_jira(env, Secret(client("secretsmanager"), env.jira_api_token_secret_arn))
    rules = Rules(env.document_labels, env.decline_labels, env.document_issue_types, env.max_change_age_days)
    database = client("dynamodb")
    changes = ChangeRecords(Records(database, env.changes_table, "change_id", time.time))
    documents = DocumentRecords(Records(database, env.documents_table, "document_id", time.time))
    bus = EventBus(client("events"), env.event_bus)
    return Sweep(jira, Detection(changes, bus, rules, time.time), documents)
