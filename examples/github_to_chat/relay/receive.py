"""Receives GitHub's webhooks, checks the signature and publishes an event with the details for the chat."""

import base64
import hashlib
import hmac
import json
import os
from typing import Any

import boto3

_EVENTS = boto3.client("events")
_SECRETS = boto3.client("secretsmanager")


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Publish the webhook's event and return 202; return 401 when the signature is not valid.

    https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    """
    body = event.get("body") or ""
    raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    secret = json.loads(_SECRETS.get_secret_value(SecretId=os.environ["SECRET_ARN"])["SecretString"])
    expected = "sha256=" + hmac.new(secret["secret"].encode(), raw, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, event["headers"].get("x-hub-signature-256", "")):
        return {"statusCode": 401}
    payload = json.loads(raw)
    detail = {
        "repository": payload["repository"]["full_name"],
        "who": payload["sender"]["login"],
        "what": payload.get("pull_request", {}).get("title") or payload.get("ref", ""),
    }
    entry = {
        "EventBusName": os.environ["EVENT_BUS"],
        "Source": "github",
        "DetailType": event["headers"]["x-github-event"],
        "Detail": json.dumps(detail),
    }
    if _EVENTS.put_events(Entries=[entry])["FailedEntryCount"]:
        # GitHub shows the delivery as failed, and it can be redelivered there.
        raise RuntimeError("EventBridge did not accept the event")
    return {"statusCode": 202}
