"""What DocumentationPipeline wants to know, as `pipeline_config` reads it from the stack's configuration."""

from typing import NotRequired, TypedDict

import pulumi


class DocumentationPipelineArgs(TypedDict):
    """Where Jira and Confluence are, who may decide, and what is worth documenting."""

    environment: str
    """Name of the environment; `prod` takes only signed webhooks."""
    name_prefix: pulumi.Input[str]
    """What all names in AWS start with."""
    jira_base_url: pulumi.Input[str]
    """Base of Jira's REST API, without a slash at the end."""
    jira_browse_url: pulumi.Input[str]
    """Base of the links that people follow to Jira."""
    jira_email: pulumi.Input[str]
    """Account that the API token belongs to."""
    jira_api_token: pulumi.Input[str]
    """API token of that account, for Jira and Confluence; a secret."""
    jira_review_project: pulumi.Input[str]
    """Key of the project for review tickets; empty for the source ticket's own."""
    review_issue_type: pulumi.Input[str]
    """Issue type of review tickets."""
    confluence_url: pulumi.Input[str]
    """Base of Confluence's REST API; ends in `/wiki`."""
    confluence_browse_url: pulumi.Input[str]
    """Base of the links that people follow to Confluence."""
    confluence_space_key: pulumi.Input[str]
    """Keys of the spaces, comma separated; new pages go to the first."""
    webhook_secrets: pulumi.Input[str]
    """Secrets that Jira signs webhooks with, comma separated while one replaces another; a secret."""
    allow_unsigned_webhooks: bool
    """Take webhooks without a signature; refused in prod."""
    link_key: pulumi.Input[str]
    """Key of at least 32 characters that signs the links to review pages; a secret."""
    bedrock_model_id: str
    """Model or inference profile that judges and drafts."""
    document_labels: pulumi.Input[str]
    """Labels that ask for documentation, comma separated."""
    decline_labels: pulumi.Input[str]
    """Labels that decline it, comma separated."""
    document_issue_types: pulumi.Input[str]
    """Issue types that are documented without a label, comma separated."""
    max_change_age_days: pulumi.Input[int]
    """Changes older than this are not documented."""
    approver_account_ids: pulumi.Input[str]
    """Account ids of those who may approve, comma separated; empty for everyone."""
    approver_group_id: pulumi.Input[str]
    """Jira group of those who may approve; empty for everyone."""
    register_webhooks: bool
    """Register both webhooks in Jira; for programs in Python only, and with an administrator's token."""
    preflight: bool
    """Look at site and model first, in every preview and update, and refuse; for programs in Python only."""
    sweep_schedule: str
    """When to look for tickets that Jira never told of, e.g. `rate(1 day)`; `off` for never."""
    four_eyes: bool
    """Refuse the decision of whoever finished the source ticket, and of its assignee."""
    max_revisions: pulumi.Input[int]
    """Drafts of one document that a reviewer may send back before it is left to people."""
    log_retention_days: pulumi.Input[int]
    """How long logs are kept."""
    alarm_email: str
    """Who hears of alarms; empty for nobody."""
    protect_data: bool
    """Refuse to delete tables and bucket, and keep deleted secrets for 30 days."""
    layer_archive: NotRequired[str]
    """A layer that is built already; otherwise it is built from handlers/requirements.lock."""
