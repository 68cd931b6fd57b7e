"""The two webhooks as an administrator registers them in Jira: URL, event, JQL filter, secret."""

from collections.abc import Mapping
from typing import Any

import requests

from local.atlassian import Account

# The seed's filters. The first one names every label that asks for documents by default.
CHANGES = " OR ".join(
    f"labels = {label}"
    for label in ("needs-docs", "new-feature", "breaking-change", "api-change", "documentation")
)
REVIEWS = "labels = documentation-review AND status = Done"


def register(jira_url: str, administrator: Account, outputs: Mapping[str, Any], secret: str) -> None:
    """Register both webhooks through Jira's own endpoint for administrators."""
    for name, url, jql in (
        ("Kinexus: change detection", outputs["jiraWebhookUrl"], CHANGES),
        ("Kinexus: approval", outputs["approvalWebhookUrl"], REVIEWS),
    ):
        requests.post(
            f"{jira_url}/rest/webhooks/1.0/webhook",
            json={
                "name": name,
                "url": url,
                "events": ["jira:issue_updated"],
                "filters": {"issue-related-events-section": jql},
                "secret": secret,
                "excludeBody": False,
            },
            auth=(administrator.email, administrator.token),
            timeout=10,
        ).raise_for_status()
