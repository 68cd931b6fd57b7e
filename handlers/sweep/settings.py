"""The environment variables of this function."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """The settings; a field ``event_bus`` is read from the variable ``EVENT_BUS``."""

    changes_table: str
    documents_table: str
    event_bus: str
    jira_base_url: str
    jira_browse_url: str
    jira_email: str
    jira_api_token_secret_arn: str
    confluence_url: str
    confluence_browse_url: str
    confluence_email: str
    documents_bucket: str
    document_labels: tuple[str, ...]
    decline_labels: tuple[str, ...]
    document_issue_types: tuple[str, ...]
    max_change_age_days: int
    reminder_days: int
    max_drafts_per_day: int
    atlassian_token_url: str = ""
    atlassian_client_id: str = ""
    atlassian_token_expires: str = ""
