"""Where this function's clients are built, once a process."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from functools import cache

from common.aws.change_repository import ChangeRecords
from common.aws.clients import client
from common.aws.dynamodb_table import Records
from common.aws.event_bus import EventBus
from common.aws.secrets import Secret
from common.intake.detect_change import Detection
from common.intake.eligibility import Rules
from common.lambda_entry import environment
from common.lambda_entry.webhook_endpoint import Door
from handlers.jira_webhook_handler.settings import Settings


@dataclass(frozen=True)
class Parts:
    """What the handler works with."""

    detection: Detection
    door: Door


@cache
def parts() -> Parts:
    """Build everything from the environment."""
    env = environment.read(Settings, os.environ)
    rules = Rules(env.document_labels, env.decline_labels, env.document_issue_types, env.max_change_age_days)
    changes = ChangeRecords(Records(client("dynamodb"), env.changes_table, "change_id", time.time))
    return Parts(
        detection=Detection(changes, EventBus(client("events"), env.event_bus), rules, time.time),
        door=Door(Secret(client("secretsmanager"), env.webhook_secret_arn), env.allow_unsigned_webhooks),
    )
