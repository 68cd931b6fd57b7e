"""The settings of the review ticket creator, read from environment variables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Each field is read from the environment variable with its name in capitals."""

    documents_table: str
    documents_bucket: str
    jira_base_url: str
    jira_browse_url: str
    jira_email: str
    jira_api_token_secret_arn: str
    confluence_url: str
    confluence_browse_url: str
    confluence_email: str
    link_key_secret_arn: str
    review_base_url: str
    review_issue_type: str
    review_link_type: str
    trust_folders: bool
    four_eyes: bool
    jira_review_project_key: str = ""
    review_fields: str = ""
    chat_webhook_url_secret_arn: str = ""
    reviewer_account_ids: tuple[str, ...] = ()
    approver_account_ids: tuple[str, ...] = ()
    approver_group_id: str = ""
    routes: str = ""
    atlassian_token_url: str = ""
    atlassian_client_id: str = ""
