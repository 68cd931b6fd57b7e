"""Arguments of DocumentationPipeline, as Pulumi's analyser reads them; `pipeline_rules` defines each setting."""

from typing import NotRequired, TypedDict

import pulumi


class DocumentationPipelineArgs(TypedDict):
    """Where Jira and Confluence are, who may decide, and what is worth documenting."""

    jira_base_url: pulumi.Input[str]
    """Jira's REST API: the site, or `https://api.atlassian.com/ex/jira/{cloudId}` with a scoped token."""
    jira_email: pulumi.Input[str]
    """Account that the API token belongs to."""
    jira_api_token: pulumi.Input[str]
    """API token of that account, for Jira and Confluence; functions get the ARN of a secret that holds it. A secret."""
    confluence_url: pulumi.Input[str]
    """Confluence's REST API; ends in `/wiki`."""
    confluence_space_key: pulumi.Input[str]
    """Keys of the spaces that may be edited, comma separated; new pages go to the first."""
    link_key: pulumi.Input[str]
    """Key of at least 32 characters that signs the links to review pages. A secret."""
    webhook_secrets: NotRequired[pulumi.Input[str]]
    """Secret that Jira signs webhooks with; two, comma separated, while one replaces the other. A secret.
    Default: none; required unless unsigned webhooks are allowed.
    """
    production: NotRequired[bool]
    """False for a stack where unsigned webhooks may be allowed; never where the stack's name begins with
    `prod`. Default: `true`.
    """
    allow_unsigned_webhooks: NotRequired[bool]
    """Accept webhooks without a signature, with a warning in the log each time; refused in production. Default:
    `false`.
    """
    name_prefix: NotRequired[pulumi.Input[str]]
    """What all names in AWS start with. Default: the names of pipeline and stack, as in `kinexus-dev`."""
    jira_browse_url: NotRequired[pulumi.Input[str]]
    """Jira as people see it, for links; set it with a scoped token. Default: `jira_base_url`."""
    jira_review_project: NotRequired[pulumi.Input[str]]
    """Key of the project where review tickets are created. Default: the source ticket's project."""
    review_issue_type: NotRequired[pulumi.Input[str]]
    """Issue type of review tickets. Default: `Task`."""
    confluence_browse_url: NotRequired[pulumi.Input[str]]
    """Confluence as people see it, for links. Default: `confluence_url`."""
    trust_folders: NotRequired[bool]
    """Treat pages below folders, whiteboards, databases and embeds as open to everyone, unless a page above is
    restricted. Without it such a page is edited only where a ticket names it: Confluence does not tell who may
    view it. Default: `false`.
    """
    bedrock_model_id: NotRequired[str]
    """Model or inference profile in Bedrock that chooses the page and drafts. Default: `amazon.nova-lite-v1:0`."""
    document_labels: NotRequired[pulumi.Input[str]]
    """Labels of a ticket that ask for documentation, comma separated. Default:
    `needs-docs,new-feature,breaking-change,api-change,documentation`.
    """
    decline_labels: NotRequired[pulumi.Input[str]]
    """Labels of a ticket that decline documentation, comma separated. Default:
    `no-docs,internal-only,tech-debt,refactor`.
    """
    document_issue_types: NotRequired[pulumi.Input[str]]
    """Issue types that are documented without a label, comma separated. Default: none."""
    max_change_age_days: NotRequired[pulumi.Input[int]]
    """Tickets without a label that were finished more days ago than this are not documented. Default: `30`."""
    approver_account_ids: NotRequired[pulumi.Input[str]]
    """Account ids of the people who may decide, comma separated. Default: anyone."""
    approver_group_id: NotRequired[pulumi.Input[str]]
    """Id of the Jira group whose members may decide. Default: anyone."""
    register_webhooks: NotRequired[bool]
    """Register both webhooks in Jira, as the administrator of `KINEXUS_ADMIN_EMAIL` and `KINEXUS_ADMIN_TOKEN`
    in the environment. For programs in Python only. Default: `false`.
    """
    preflight: NotRequired[bool]
    """Check the site, the rights of the stack's jiraApiToken and the model first, in each preview and update,
    and refuse with the remedy. For programs in Python only. Default: `true`.
    """
    sweep_schedule: NotRequired[str]
    """When to look for finished tickets and reviews whose webhook was lost; `off` for never. Default: `rate(1 day)`."""
    four_eyes: NotRequired[bool]
    """The person who finished the source ticket may not decide, nor may its assignee, then or now. Default: `false`."""
    max_revisions: NotRequired[pulumi.Input[int]]
    """After so many drafts that a reviewer sent back, a person is asked to write the page. Default: `5`."""
    log_retention_days: NotRequired[pulumi.Input[int]]
    """Days for which logs are kept. Default: `30`."""
    alarm_email: NotRequired[str]
    """Address that gets every alarm: failures, throttling and slowness of functions, messages that wait, and the
    API. Default: none.
    """
    protect_data: NotRequired[bool]
    """Refuse to delete tables and bucket, and keep deleted secrets for 30 days. Default: `true`."""
    layer_archive: NotRequired[str]
    """A layer that is built already. Default: built from `handlers/requirements.lock`."""
