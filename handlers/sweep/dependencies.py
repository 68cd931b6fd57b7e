"""Builds this function's clients from the environment, once per process."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from functools import cache

from common.atlassian.clients import connect
from common.aws.change_repository import ChangeRepository
from common.aws.clients import cached_client
from common.aws.document_repository import DocumentRepository
from common.aws.draft_store import DraftStore
from common.aws.drafting_gate import DraftingGate
from common.aws.dynamodb_table import DynamoDbTable
from common.aws.event_bus import EventBus
from common.aws.secrets import CachedSecret
from common.intake.eligibility import EligibilityRules
from common.intake.missed_webhooks import MissedWebhooks
from common.intake.waiting_changes import WaitingChanges
from common.lambda_entry import environment
from handlers.sweep.check_conversion import ConversionCheck
from handlers.sweep.measure_standing import StandingText
from handlers.sweep.remind_reviewers import Reminders
from handlers.sweep.settings import Settings


@dataclass(frozen=True)
class Dependencies:
    """What a sweep uses."""

    missed_webhooks: MissedWebhooks
    conversion: ConversionCheck
    reminders: Reminders
    waiting: WaitingChanges
    standing: StandingText


@cache
def build_dependencies() -> Dependencies:
    """Build all dependencies. Raises InvalidEnvironment if a variable is missing or wrong."""
    env = environment.read_settings(Settings, os.environ)
    secret = CachedSecret(cached_client("secretsmanager"), env.jira_api_token_secret_arn)
    jira, confluence = connect(env, secret)
    rules = EligibilityRules(
        env.document_labels, env.decline_labels, env.document_issue_types, env.max_change_age_days
    )
    database = cached_client("dynamodb")
    changes = ChangeRepository(DynamoDbTable(database, env.changes_table, "change_id", time.time))
    table = DynamoDbTable(database, env.documents_table, "document_id", time.time)
    documents, gate = DocumentRepository(table), DraftingGate(table, env.max_drafts_per_day, time.time)
    drafts = DraftStore(cached_client("s3"), env.documents_bucket)
    bus = EventBus(cached_client("events"), env.event_bus)
    return Dependencies(
        MissedWebhooks(jira, changes, documents, bus, rules, time.time),
        ConversionCheck(jira, confluence, documents, drafts),
        Reminders(jira, documents, env.reminder_days),
        WaitingChanges(changes, documents, gate, bus),
        StandingText(confluence, documents, drafts),
    )


def read_token_expires() -> str:
    """Return the setting with the date on which the API token expires; empty if it is unknown."""
    return environment.read_settings(Settings, os.environ).atlassian_token_expires
