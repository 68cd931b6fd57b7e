"""POST /webhooks/approval, with clients of its own: nothing is loaded of what reads reviews and publishes pages."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from typing import Any

from common.aws.clients import cached_client
from common.aws.event_bus import EventBus
from common.aws.secrets import CachedSecret
from common.intake.report_closed_review import handle_review_closed
from common.lambda_entry import environment
from common.lambda_entry.webhook_endpoint import RequestRejected, Response, WebhookVerifier, json_response
from handlers.approval_handler.settings import Settings


@dataclass(frozen=True)
class Webhook:
    """The dependencies of the webhook."""

    verifier: WebhookVerifier
    bus: EventBus


@cache
def build_webhook() -> Webhook:
    """Build what the webhook needs from the environment variables."""
    env = environment.read_settings(Settings, os.environ)
    secret = CachedSecret(cached_client("secretsmanager"), env.webhook_secret_arn)
    bus = EventBus(cached_client("events"), env.event_bus)
    return Webhook(WebhookVerifier(secret, env.allow_unsigned_webhooks), bus)


def answer_webhook(request: dict[str, Any]) -> Response:
    """Report a closed review ticket to the bus; refuse a request that is not signed or not readable."""
    webhook = build_webhook()
    try:
        event = webhook.verifier.verify(request)
    except RequestRejected as rejected:
        return rejected.response
    status, reason = handle_review_closed(event, webhook.bus)
    return json_response(200, status=status, reason=reason)
