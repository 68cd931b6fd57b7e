"""Builds this function's clients from the environment, once per process."""

from __future__ import annotations

import os
import time
from functools import cache

from common.atlassian.clients import connect_jira
from common.aws.change_repository import ChangeRepository
from common.aws.clients import cached_client
from common.aws.document_repository import DocumentRepository
from common.aws.dynamodb_table import DynamoDbTable
from common.aws.event_bus import EventBus
from common.aws.secrets import CachedSecret
from common.intake.detect_change import ChangeDetector
from common.intake.eligibility import EligibilityRules
from common.intake.missed_webhooks import MissedWebhooks
from common.lambda_entry import environment
from handlers.sweep.settings import Settings


@cache
def build_missed_webhooks() -> MissedWebhooks:
    """Build MissedWebhooks from the environment. Raises InvalidEnvironment if a variable is missing or wrong."""
    env = environment.read_settings(Settings, os.environ)
    jira = connect_jira(env, CachedSecret(cached_client("secretsmanager"), env.jira_api_token_secret_arn))
    rules = EligibilityRules(
        env.document_labels, env.decline_labels, env.document_issue_types, env.max_change_age_days
    )
    database = cached_client("dynamodb")
    changes = ChangeRepository(DynamoDbTable(database, env.changes_table, "change_id", time.time))
    documents = DocumentRepository(DynamoDbTable(database, env.documents_table, "document_id", time.time))
    bus = EventBus(cached_client("events"), env.event_bus)
    return MissedWebhooks(jira, ChangeDetector(changes, bus, rules, time.time), documents)


def read_token_expires() -> str:
    """Return the setting with the date on which the API token expires; empty if it is unknown."""
    return environment.read_settings(Settings, os.environ).atlassian_token_expires
