"""The settings of the approval handler, read from environment variables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Each field is read from the environment variable with its name in capitals."""

    documents_table: str
    documents_bucket: str
    event_bus: str
    jira_base_url: str
    jira_browse_url: str
    jira_email: str
    jira_api_token_secret_arn: str
    confluence_url: str
    confluence_browse_url: str
    confluence_email: str
    webhook_secret_arn: str
    allow_unsigned_webhooks: bool
    approver_account_ids: tuple[str, ...]
    four_eyes: bool
    decline_labels: tuple[str, ...]
    max_revisions: int
    approver_group_id: str = ""
    routes: str = ""
    atlassian_token_url: str = ""
    atlassian_client_id: str = ""
