"""The environment variables of this function."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """The settings; a field ``event_bus`` is read from the variable ``EVENT_BUS``."""

    changes_table: str
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
    confluence_space_key: tuple[str, ...]
    bedrock_model_id: str
    trust_folders: bool
    max_drafts_per_day: int
    decline_labels: tuple[str, ...]
    additional_model_request_fields: str = ""
    bedrock_guardrail: str = ""
    ticket_fields: tuple[str, ...] = ()
    style_guide_page: str = ""
    approver_account_ids: tuple[str, ...] = ()
    approver_group_id: str = ""
    routes: str = ""
    atlassian_token_url: str = ""
    atlassian_client_id: str = ""
