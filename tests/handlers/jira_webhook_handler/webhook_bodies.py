"""Webhook bodies as Jira sends them, in the known shapes of Cloud and Server."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
from typing import Any

from tests.secrets_in_use import WEBHOOK_SECRET

FINISHED: dict[str, Any] = {
    "timestamp": 1_795_000_000_000,
    "webhookEvent": "jira:issue_updated",
    "issue_event_type_name": "issue_generic",
    "user": {"accountId": "acc-developer", "displayName": "Dana", "accountType": "atlassian", "active": True},
    "issue": {
        "id": "10021",
        "key": "PAY2-7",
        "self": "https://example.atlassian.net/rest/api/2/10021",
        "fields": {
            "summary": "Refunds can be partial",
            "description": "h2. What\nRefunds take an *amount* now.",
            "issuetype": {"name": "Story"},
            "project": {"key": "PAY2"},
            "priority": {"name": "Medium"},
            "labels": ["needs-docs"],
            "components": [{"name": "refunds"}],
            "resolution": {"name": "Done"},
            "customfield_10016": 5.0,
            "status": {
                "id": "10002",
                "name": "Done",
                "statusCategory": {"id": 3, "key": "done", "name": "Done"},
            },
        },
    },
    "changelog": {
        "id": "10456",
        "items": [
            {
                "field": "resolution",
                "fieldtype": "jira",
                "fieldId": "resolution",
                "from": None,
                "to": "10000",
            },
            {
                "field": "status",
                "fieldtype": "jira",
                "fieldId": "status",
                "from": "3",
                "fromString": "In Progress",
                "to": "10002",
                "toString": "Done",
            },
        ],
    },
}


def finished(**fields: Any) -> dict[str, Any]:
    """Return the body of a ticket that was just closed, with these of its issue's fields replaced."""
    body = copy.deepcopy(FINISHED)
    body["issue"]["fields"].update(fields)
    return body


def signed(raw: bytes, secret: str = WEBHOOK_SECRET) -> str:
    """Return the X-Hub-Signature of a body."""
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def request(body: object, *, identifier: str = "wh-1", **headers: str) -> dict[str, Any]:
    """Return the event that API Gateway passes to the function for a signed webhook; headers can be replaced."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {
        "x-hub-signature": signed(raw),
        "x-atlassian-webhook-identifier": identifier,
        "content-type": "application/json; charset=utf-8",
    }
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "version": "2.0",
        "headers": {name: value for name, value in sent.items() if value},
        "body": raw.decode("utf-8", "replace"),
        "isBase64Encoded": False,
    }
