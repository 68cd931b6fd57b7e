"""The environment of this function."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Each field is the variable of its name in capitals."""

    documents_table: str
    documents_bucket: str
    event_bus: str
    jira_base_url: str
    jira_browse_url: str
    jira_email: str
    jira_api_token_secret_arn: str
    confluence_url: str
    confluence_browse_url: str
    webhook_secret_arn: str
    allow_unsigned_webhooks: bool
    approver_account_ids: tuple[str, ...]
    four_eyes: bool
    decline_labels: tuple[str, ...]
    max_revisions: int
    approver_group_id: str = ""
