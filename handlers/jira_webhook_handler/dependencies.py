"""Builds this function's clients from the environment, once per process."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from functools import cache

from common.aws.change_repository import ChangeRepository
from common.aws.clients import cached_client
from common.aws.dynamodb_table import DynamoDbTable
from common.aws.event_bus import EventBus
from common.aws.secrets import CachedSecret
from common.intake.detect_change import ChangeDetector
from common.intake.eligibility import EligibilityRules
from common.lambda_entry import environment
from common.lambda_entry.webhook_endpoint import WebhookVerifier
from handlers.jira_webhook_handler.settings import Settings


@dataclass(frozen=True)
class Dependencies:
    """The dependencies of the handler: change detection and the check of webhook signatures."""

    detection: ChangeDetector
    verifier: WebhookVerifier


@cache
def build_dependencies() -> Dependencies:
    """Build the dependencies from the environment; raise InvalidEnvironment if a variable is missing or wrong."""
    env = environment.read_settings(Settings, os.environ)
    rules = EligibilityRules(
        env.document_labels, env.decline_labels, env.document_issue_types, env.max_change_age_days
    )
    changes = ChangeRepository(
        DynamoDbTable(cached_client("dynamodb"), env.changes_table, "change_id", time.time)
    )
    return Dependencies(
        detection=ChangeDetector(changes, EventBus(cached_client("events"), env.event_bus), rules, time.time),
        verifier=WebhookVerifier(
            CachedSecret(cached_client("secretsmanager"), env.webhook_secret_arn), env.allow_unsigned_webhooks
        ),
    )
