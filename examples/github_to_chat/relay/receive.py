"""Takes a webhook of GitHub, if it is signed, and puts what a chat wants to know of it on the bus."""

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
    """Answer 401 to what GitHub did not sign, else 202.

    https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    """
    body = event.get("body") or ""
    raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    secret = json.loads(_SECRETS.get_secret_value(SecretId=os.environ["SECRET_ARN"])["SecretString"])
    expected = "sha256=" + hmac.new(secret["secret"].encode(), raw, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, event["headers"].get("x-hub-signature-256", "")):
        return {"statusCode": 401}
    told = json.loads(raw)
    detail = {
        "repository": told["repository"]["full_name"],
        "who": told["sender"]["login"],
        "what": told.get("pull_request", {}).get("title") or told.get("ref", ""),
    }
    entry = {
        "EventBusName": os.environ["EVENT_BUS"],
        "Source": "github",
        "DetailType": event["headers"]["x-github-event"],
        "Detail": json.dumps(detail),
    }
    if _EVENTS.put_events(Entries=[entry])["FailedEntryCount"]:
        raise RuntimeError(
            "the bus took nothing"
        )  # GitHub shows the delivery as failed; it can be sent again
    return {"statusCode": 202}
