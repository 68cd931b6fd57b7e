"""The environment of this function."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Each field is the variable of its name in capitals."""

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
    confluence_space_key: tuple[str, ...]
    bedrock_model_id: str
    trust_folders: bool
