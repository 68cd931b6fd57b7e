"""Registered admin webhooks, and the bodies that are sent to them."""

import hashlib
import hmac
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from local.atlassian.accounts import Account, user_json
from local.atlassian.clock import Clock, milliseconds
from local.atlassian.errors import JiraRefusal
from local.atlassian.jira import jql
from local.atlassian.jira.issue import IssueEvent
from local.atlassian.jira.issue_json import change_items, comment_json, webhook_issue
from local.atlassian.jira.issues import IssueStore
from local.atlassian.query_tokenizer import QueryError

EVENTS = frozenset(
    {
        "jira:issue_created",
        "jira:issue_updated",
        "jira:issue_deleted",
        "comment_created",
        "comment_updated",
        "comment_deleted",
    }
)
SECTION = "issue-related-events-section"


@dataclass
class Webhook:
    """A registered webhook; `secret` signs the deliveries and is never returned."""

    id: int
    name: str
    url: str
    events: tuple[str, ...]
    jql: str
    secret: str
    enabled: bool
    exclude_body: bool
    description: str
    updated_by: Account
    updated_at: int

    def json(self, base: str) -> dict[str, Any]:
        """Return the webhook in the format of `/rest/webhooks/1.0/webhook`."""
        return {
            "name": self.name,
            "description": self.description,
            "url": self.url,
            "excludeBody": self.exclude_body,
            "filters": {SECTION: self.jql},
            "events": list(self.events),
            "enabled": self.enabled,
            "isSigned": bool(self.secret),
            "self": f"{base}/rest/webhooks/1.0/webhook/{self.id}",
            "lastUpdatedUser": self.updated_by.account_id,
            "lastUpdatedDisplayName": self.updated_by.display_name,
            "lastUpdated": self.updated_at,
        }


@dataclass(frozen=True)
class Delivery:
    """One body for one webhook; the identifier stays the same across retries."""

    webhook_id: int
    url: str
    event: str
    body: bytes
    headers: dict[str, str]
    identifier: str = field(default_factory=lambda: str(uuid.uuid4()))
    issue_key: str = ""


def signature(secret: str, body: bytes) -> str:
    """Return the value of `X-Hub-Signature` for a body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class WebhookRegistry:
    """The site's webhooks; converts events to deliveries.

    `unmatched` names, by issue key, the filters that none of the issue's last event matched, for the board.
    """

    def __init__(self, clock: Clock, send: Callable[[Delivery], None]) -> None:
        self.clock = clock
        self._send = send
        self.webhooks: dict[int, Webhook] = {}
        self.unmatched: dict[str, str] = {}
        self._next = 0

    def put(self, actor: Account, given: dict[str, Any], webhook_id: int | None = None) -> Webhook:
        """Register a webhook, or replace the one with that id; an omitted secret is kept."""
        name, url, events = given.get("name"), given.get("url"), given.get("events", [])
        if not isinstance(name, str) or not name:
            raise JiraRefusal(400, "Webhook name must not be empty.")
        if not isinstance(url, str) or not url.startswith(("https://", "http://")):
            raise JiraRefusal(400, "Webhook URL is not valid.")
        unknown = set(events) - EVENTS if isinstance(events, list) else {"events"}
        if unknown:
            raise JiraRefusal(400, f"Unknown webhook event: {sorted(unknown)[0]}")
        query = str((given.get("filters") or {}).get(SECTION) or "")
        try:
            jql.parse(query)
        except QueryError as error:
            raise JiraRefusal(400, f"Error in the JQL Query: {error}") from error
        known = self.webhooks.get(webhook_id) if webhook_id is not None else None
        if webhook_id is not None and known is None:
            raise JiraRefusal(404, "The webhook does not exist.")
        if known is None:
            self._next += 1
        secret = given.get("secret", known.secret if known else "")
        webhook = Webhook(
            known.id if known else self._next,
            name,
            url,
            tuple(events),
            query,
            str(secret or ""),
            bool(given.get("enabled", True)),
            bool(given.get("excludeBody", False)),
            str(given.get("description") or ""),
            actor,
            milliseconds(self.clock.now()),
        )
        self.webhooks[webhook.id] = webhook
        return webhook

    def notify(self, event: IssueEvent, store: IssueStore, base: str, context: jql.QueryContext) -> None:
        """Send the event to each webhook that is registered for it and whose JQL filter matches the changed issue."""
        body: bytes | None = None
        refused: list[str] = []
        for webhook in self.webhooks.values():
            if not webhook.enabled or event.name not in webhook.events:
                continue
            if not jql.parse(webhook.jql).test(jql.View(event.issue, event.issue.fields), context):
                refused.append(webhook.jql)
                continue
            if body is None:
                body = json.dumps(
                    event_body(event, store, base, milliseconds(self.clock.now())),
                    ensure_ascii=False,
                    separators=(",", ":"),
                ).encode()
            self._send(self._delivery(webhook, event, b"" if webhook.exclude_body else body))
        if body is None and refused:
            self.unmatched[event.issue.key] = "the ticket does not match " + " or ".join(refused)
        elif body is not None:
            self.unmatched.pop(event.issue.key, None)

    def _delivery(self, webhook: Webhook, event: IssueEvent, body: bytes) -> Delivery:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Atlassian Webhook HTTP Client",
            "X-Atlassian-Webhook-Flow": "Primary",
        }
        if webhook.secret:
            headers["X-Hub-Signature"] = signature(webhook.secret, body)
        url = webhook.url.replace("{issue.key}", event.issue.key).replace("{issue.id}", event.issue.id)
        return Delivery(
            webhook.id,
            url.replace("{project.key}", event.issue.project),
            event.name,
            body,
            headers,
            issue_key=event.issue.key,
        )


def event_body(event: IssueEvent, store: IssueStore, base: str, timestamp: int) -> dict[str, Any]:
    """Return the body that Jira Cloud sends for an event."""
    issue, actor = event.issue, user_json(event.actor, base, api="2", email=False)
    if event.comment is not None:
        return {
            "timestamp": timestamp,
            "webhookEvent": event.name,
            "eventType": "primaryAction",
            "comment": comment_json(event.comment, issue, base, api="2"),
            "issue": webhook_issue(issue, store, base, trimmed=True),
        }
    body: dict[str, Any] = {
        "timestamp": timestamp,
        "webhookEvent": event.name,
        "issue_event_type_name": event.type_name,
        "user": actor,
        "issue": webhook_issue(issue, store, base, trimmed=False),
    }
    if event.change is not None:
        body["changelog"] = {"id": event.change.id, "items": change_items(event.change)}
    return body
