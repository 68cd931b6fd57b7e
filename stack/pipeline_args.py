"""What DocumentationPipeline wants to know; `pipeline_rules` says what each may be, and is by itself."""

from typing import NotRequired, TypedDict

import pulumi


class DocumentationPipelineArgs(TypedDict):
    """Where Jira and Confluence are, who may decide, and what is worth documenting."""

    jira_base_url: pulumi.Input[str]
    """Base of Jira's REST API."""
    jira_email: pulumi.Input[str]
    """Account that the API token belongs to."""
    jira_api_token: pulumi.Input[str]
    """API token of that account, for Jira and Confluence; a secret."""
    confluence_url: pulumi.Input[str]
    """Base of Confluence's REST API; ends in `/wiki`."""
    confluence_space_key: pulumi.Input[str]
    """Keys of the spaces, comma separated; new pages go to the first."""
    link_key: pulumi.Input[str]
    """Key of at least 32 characters that signs the links to review pages; a secret."""
    webhook_secrets: NotRequired[pulumi.Input[str]]
    """Secrets that Jira signs webhooks with, comma separated while one replaces another; a secret. Left out
    only where unsigned webhooks are allowed.
    """
    production: NotRequired[bool]
    """False for a stack where something may be tried out: only there unsigned webhooks can be allowed."""
    allow_unsigned_webhooks: NotRequired[bool]
    """Take webhooks without a signature; refused in production."""
    name_prefix: NotRequired[pulumi.Input[str]]
    """What all names in AWS start with; by default the name of this component and of the stack."""
    jira_browse_url: NotRequired[pulumi.Input[str]]
    """Base of the links that people follow to Jira; by default that of the REST API."""
    jira_review_project: NotRequired[pulumi.Input[str]]
    """Key of the project for review tickets; empty for the source ticket's own."""
    review_issue_type: NotRequired[pulumi.Input[str]]
    """Issue type of review tickets; `Task` by default."""
    confluence_browse_url: NotRequired[pulumi.Input[str]]
    """Base of the links that people follow to Confluence; by default that of the REST API."""
    bedrock_model_id: NotRequired[str]
    """Model or inference profile that judges and drafts; by default Nova Lite."""
    document_labels: NotRequired[pulumi.Input[str]]
    """Labels that ask for documentation, comma separated."""
    decline_labels: NotRequired[pulumi.Input[str]]
    """Labels that decline it, comma separated."""
    document_issue_types: NotRequired[pulumi.Input[str]]
    """Issue types that are documented without a label, comma separated."""
    max_change_age_days: NotRequired[pulumi.Input[int]]
    """Changes older than this are not documented; 30 by default."""
    approver_account_ids: NotRequired[pulumi.Input[str]]
    """Account ids of those who may approve, comma separated; empty for everyone."""
    approver_group_id: NotRequired[pulumi.Input[str]]
    """Jira group of those who may approve; empty for everyone."""
    register_webhooks: NotRequired[bool]
    """Register both webhooks in Jira; for programs in Python only, and with an administrator's token."""
    preflight: NotRequired[bool]
    """Look at site and model first, in every preview and update, and refuse; for programs in Python only, and
    true there by default. It looks with the token that the stack's configuration has as `jiraApiToken`.
    """
    sweep_schedule: NotRequired[str]
    """When to look for tickets that Jira never told of; `off` for never, and `rate(1 day)` by default."""
    four_eyes: NotRequired[bool]
    """Refuse the decision of whoever finished the source ticket, and of its assignee, when we heard of it or now."""
    max_revisions: NotRequired[pulumi.Input[int]]
    """Drafts of one document that a reviewer may send back before it is left to people; 5 by default."""
    log_retention_days: NotRequired[pulumi.Input[int]]
    """How long logs are kept; 30 days by default."""
    alarm_email: NotRequired[str]
    """Who hears of every alarm; empty for nobody."""
    protect_data: NotRequired[bool]
    """Refuse to delete tables and bucket, and keep deleted secrets for 30 days; true by default."""
    layer_archive: NotRequired[str]
    """A layer that is built already; otherwise it is built from handlers/requirements.lock."""
