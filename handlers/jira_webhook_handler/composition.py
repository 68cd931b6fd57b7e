"""Where this function's clients are built, once a process."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from functools import cache

from common import settings
from common.aws_clients import client
from common.change_records import ChangeRecords
from common.detection import Detection
from common.documentation_rules import Rules
from common.event_bus import EventBus
from common.records import Records
from common.secret import Secret
from common.webhook_door import Door
from handlers.jira_webhook_handler.settings import Settings


@dataclass(frozen=True)
class Parts:
    """What the handler works with."""

    detection: Detection
    door: Door


@cache
def parts() -> Parts:
    """Build everything from the environment."""
    env = settings.read(Settings, os.environ)
    rules = Rules(env.document_labels, env.decline_labels, env.document_issue_types, env.max_change_age_days)
    changes = ChangeRecords(Records(client("dynamodb"), env.changes_table, "change_id", time.time))
    return Parts(
        detection=Detection(changes, EventBus(client("events"), env.event_bus), rules, time.time),
        door=Door(Secret(client("secretsmanager"), env.webhook_secret_arn), env.allow_unsigned_webhooks),
    )
