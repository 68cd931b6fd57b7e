"""Webhook endpoint: check a request's size, signature and JSON, in this order, and answer as JSON.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from common.atlassian import webhook_payload
from common.atlassian.webhook_payload import WebhookPayload
from common.aws.secrets import MIN_REFRESH_INTERVAL, CachedSecret
from common.lambda_entry.error_messages import user_message
from common.lambda_entry.transient_errors import is_transient
from common.lambda_entry.webhook_signature import is_valid_signature
from common.runtime.deadline import DeadlineExceeded, within_deadline

log = logging.getLogger(__name__)

#: Largest accepted body, in bytes. API Gateway passes at most 6 MB to a function, base64 included.
MAX_BODY_BYTES = 4 * 1024 * 1024
#: Deadline for answering a webhook, in seconds: below the functions' time-outs and far below API Gateway's 30.
MAX_SECONDS = 10
Response = dict[str, Any]


class RequestRejected(Exception):
    """The request is not an authenticated webhook; ``response`` is the answer with the reason."""

    def __init__(self, status_code: int, error: str) -> None:
        super().__init__(error)
        self.response = json_response(status_code, status="error", error=error)


@dataclass(frozen=True)
class WebhookVerifier:
    """Authenticates webhooks by their signature.

    ``secret`` holds ``{"secrets": […]}``: one secret, or several during a rotation. With ``allow_unsigned``, webhooks
    without a signature are accepted.
    """

    secret: CachedSecret
    allow_unsigned: bool

    def verify(self, request: Mapping[str, Any]) -> WebhookPayload:
        """Return the authenticated payload. Raises RequestRejected with the response to return."""
        raw = _raw_body(request)
        if len(raw) > MAX_BODY_BYTES:
            raise RequestRejected(
                413, f"the body has {len(raw)} bytes: at most {MAX_BODY_BYTES} are accepted"
            )
        headers = {str(name).lower(): str(value) for name, value in (request.get("headers") or {}).items()}
        self._authenticate(headers.get("x-hub-signature", ""), raw)
        try:
            event = webhook_payload.parse_webhook(json.loads(raw))
        except webhook_payload.NotAWebhook as error:
            raise RequestRejected(400, str(error)) from error
        except (ValueError, RecursionError) as error:
            raise RequestRejected(400, f"the body is not JSON: {error}") from error
        return replace(event, identity=_identity(event, raw))

    def _authenticate(self, given: str, raw: bytes) -> None:
        if not given:
            if not self.allow_unsigned:
                raise RequestRejected(
                    401,
                    "the header X-Hub-Signature is missing: in Jira, set the webhook's secret to the stack's "
                    "webhookSecret",
                )
            log.warning("webhook.unsigned_accepted")
            return
        # After a wrong signature the secret is read again: it may just have been rotated.
        if not any(is_valid_signature(given, raw, self._secrets(fresh)) for fresh in (False, True)):
            raise RequestRejected(
                401,
                "the header X-Hub-Signature does not match the body: in Jira, set the webhook's secret to the stack's "
                "webhookSecret",
            )

    def _secrets(self, fresh: bool) -> list[str]:
        return self.secret.get_list("secrets", fresh=fresh, pause=MIN_REFRESH_INTERVAL)


def respond_within_deadline(work: Callable[[], Response]) -> Response:
    """Return the response of ``work``, or 503 if AWS is down or the deadline passes. Jira retries after a 503."""
    try:
        with within_deadline(MAX_SECONDS):
            return work()
    except Exception as error:
        if not isinstance(error, DeadlineExceeded) and not is_transient(error):
            raise
        log.error("webhook.failed", extra={"reason": user_message(error)}, exc_info=error)
        return json_response(
            503, status="error", error="Kinexus cannot process this right now: send it again later"
        )


def json_response(status_code: int, **body: str) -> Response:
    """Return a response in API Gateway's format with a JSON body; empty fields are left out."""
    return {
        "statusCode": status_code,
        "headers": {"content-type": "application/json; charset=utf-8", "cache-control": "no-store"},
        "body": json.dumps({name: value for name, value in body.items() if value}, ensure_ascii=False),
    }


def _identity(event: WebhookPayload, raw: bytes) -> str:
    """Derive an id from the signed body: ticket and timestamp, or else the hash of the whole body.

    The header X-Atlassian-Webhook-Identifier is not used, because it is not signed: a replayed webhook could carry
    another one.
    """
    if event.happened_at:
        return f"{event.issue_id} at {event.happened_at:.3f}"
    return hashlib.sha256(raw).hexdigest()


def _raw_body(request: Mapping[str, Any]) -> bytes:
    body = request.get("body") or ""
    if not request.get("isBase64Encoded"):
        return str(body).encode()
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RequestRejected(400, "the body is not valid base64") from error
