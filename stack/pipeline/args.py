"""The arguments of DocumentationPipeline, written out for Pulumi's schema analyser; `setting_schema` defines each."""

from typing import NotRequired, TypedDict

import pulumi


class DocumentationPipelineArgs(TypedDict):
    """Jira and Confluence access, detection of changes, reviewers, model and operation of the pipeline."""

    jira_base_url: pulumi.Input[str]
    """Base URL of Jira's REST API: the site, or `https://api.atlassian.com/ex/jira/{cloudId}` with a scoped token."""
    jira_email: pulumi.Input[str]
    """E-mail address of the account that owns the API token."""
    jira_api_token: pulumi.Input[str]
    """API token of that account, for Jira and Confluence; functions get the ARN of a secret that holds it. A secret."""
    confluence_url: pulumi.Input[str]
    """Base URL of Confluence's REST API; ends in `/wiki`."""
    confluence_space_key: pulumi.Input[str]
    """Keys of the spaces that may be edited, comma separated; new pages go to the first."""
    link_key: pulumi.Input[str]
    """Key of at least 32 characters that signs the links to review pages. A secret."""
    webhook_secrets: NotRequired[pulumi.Input[str]]
    """Secret with which Jira signs webhooks. To replace it, set both for a time, comma separated, the new one first.
    A secret. Default: none; required unless unsigned webhooks are allowed.
    """
    production: NotRequired[bool]
    """Set it to false for a test stack, where unsigned webhooks may be allowed. Must be true if the stack's name
    begins with `prod`. Default: `true`.
    """
    allow_unsigned_webhooks: NotRequired[bool]
    """Accept webhooks without a signature, and log a warning for each; not allowed in production. Default: `false`."""
    name_prefix: NotRequired[pulumi.Input[str]]
    """Prefix of all resource names in AWS. Default: the names of pipeline and stack, as in `kinexus-dev`."""
    jira_browse_url: NotRequired[pulumi.Input[str]]
    """Base URL of Jira's web pages, for links; set it with a scoped token. Default: `jira_base_url`."""
    atlassian_token_url: NotRequired[pulumi.Input[str]]
    """Token URL of OAuth 2.0 client credentials, for a service account; `jira_api_token` is then the client secret.
    Default: none; API tokens are used.
    """
    atlassian_client_id: NotRequired[pulumi.Input[str]]
    """Client id of OAuth 2.0 client credentials. Default: none."""
    atlassian_token_expires: NotRequired[pulumi.Input[str]]
    """Date on which the first of the API tokens expires; 30 days before, an alarm and `ops doctor` say so. Default:
    unknown.
    """
    jira_review_project: NotRequired[pulumi.Input[str]]
    """Key of the project where review tickets are created. Default: the source ticket's project."""
    review_issue_type: NotRequired[pulumi.Input[str]]
    """Issue type of review tickets; it must not be a sub-task. Default: `Task`."""
    review_fields: NotRequired[pulumi.Input[str]]
    """Further fields of new review tickets, as JSON in the format of Jira's REST API: what their project requires.
    Default: none.
    """
    review_link_type: NotRequired[pulumi.Input[str]]
    """Type of the links between review tickets and source tickets. Default: `Relates`."""
    confluence_browse_url: NotRequired[pulumi.Input[str]]
    """Base URL of Confluence's web pages, for links. Default: `confluence_url`."""
    confluence_email: NotRequired[pulumi.Input[str]]
    """E-mail address of the account that owns the API token for Confluence. Default: `jira_email`."""
    confluence_api_token: NotRequired[pulumi.Input[str]]
    """API token of that account for Confluence; scoped tokens are made for one app. A secret. Default:
    `jira_api_token`.
    """
    trust_folders: NotRequired[bool]
    """Treat pages below folders, whiteboards, databases and embeds as visible to everyone, unless a page above them is
    restricted. If false, such a page is edited only if a ticket names it, because Confluence's API does not report who
    may view it. Default: `false`.
    """
    bedrock_model_id: NotRequired[str]
    """Bedrock model or inference profile that selects the page and drafts the edits. Default: Nova Lite in the stack's
    region: the model, or its geographic inference profile such as `eu.amazon.nova-lite-v1:0`.
    """
    additional_model_request_fields: NotRequired[str]
    """JSON object with fields that only the model knows, sent with each request. Nova gets
    `{"inferenceConfig": {"topK": 1}}` in any case, unless a field is set to another value, or to `null`. Default: none.
    """
    bedrock_guardrail: NotRequired[str]
    """Amazon Bedrock guardrail that checks each request to the model, by id (or ARN) and version. It reads tickets,
    pages and feedback; Bedrock does not apply it to what a model gives a tool, which is the draft. Default: none.
    """
    ticket_fields: NotRequired[pulumi.Input[str]]
    """Further Jira fields that drafts are made from besides summary and description, by id or name, comma separated.
    Default: none.
    """
    style_guide_page: NotRequired[pulumi.Input[str]]
    """Id of a Confluence page with the team's rules of wording, which drafts follow. Everyone must be able to view it;
    its first 8,000 characters are read, at most once an hour. Default: none.
    """
    document_labels: NotRequired[pulumi.Input[str]]
    """Ticket labels that request documentation, comma separated. Default:
    `needs-docs,new-feature,breaking-change,api-change,documentation`.
    """
    decline_labels: NotRequired[pulumi.Input[str]]
    """Ticket labels that decline documentation, comma separated. Default:
    `no-docs,internal-only,tech-debt,refactor`.
    """
    document_issue_types: NotRequired[pulumi.Input[str]]
    """Issue types that are documented without a label, comma separated. Default: none."""
    max_change_age_days: NotRequired[pulumi.Input[int]]
    """Tickets without a label that were closed more than this many days ago are not documented. Default: `30`."""
    max_drafts_per_day: NotRequired[pulumi.Input[int]]
    """Tickets that are drafted per day (UTC), to limit costs. Those above wait for the next day, and an alarm says so.
    Revisions that reviewers ask for do not count. Default: `100`.
    """
    approver_account_ids: NotRequired[pulumi.Input[str]]
    """Account ids of the people who may decide, comma separated. Default: anyone."""
    reviewer_account_ids: NotRequired[pulumi.Input[str]]
    """Account ids of the people who are asked first to review, comma separated. The first of them who may decide and
    can be assigned gets the review ticket; then come the page's owner, the reporters of the source tickets, the people
    who closed them, and the approvers. Default: none.
    """
    approver_group_id: NotRequired[pulumi.Input[str]]
    """Id of the Jira group whose members may decide. Default: anyone."""
    routes: NotRequired[pulumi.Input[str]]
    """Routes for tickets of some projects, components or labels to spaces, review projects and people of their own, as
    a JSON list; the first that matches is taken, and the other settings are the route of all other tickets.
    docs/deploy.md explains the keys. Default: none.
    """
    register_webhooks: NotRequired[bool]
    """Register both webhooks in Jira, with the administrator's account in the environment variables
    `KINEXUS_ADMIN_EMAIL` and `KINEXUS_ADMIN_TOKEN`. For Python programs only. Default: `false`.
    """
    preflight: NotRequired[bool]
    """Check the site, the permissions of the stack's jiraApiToken and the model at the start of each preview and
    update; if a check fails, stop with the remedy. For Python programs only. Default: `true`.
    """
    sweep_schedule: NotRequired[str]
    """When the sweep looks for closed tickets and reviews whose webhook was lost: a schedule expression, or `off`.
    Default: `rate(1 day)`.
    """
    four_eyes: NotRequired[bool]
    """Four-eyes rule: the person who closed the source ticket may not decide, nor may its assignee at that time or now.
    Default: `false`.
    """
    max_revisions: NotRequired[pulumi.Input[int]]
    """After a reviewer has sent back this many drafts, a person is asked to write the page. Default: `5`."""
    review_link_days: NotRequired[pulumi.Input[int]]
    """Days for which the link to a diff shows the draft, from its announcement; `0` for no limit. After that it shows
    only the link to the review ticket, until `python -m ops renew-link` or a new revision opens it again. Default:
    `30`.
    """
    chat_webhook_url: NotRequired[pulumi.Input[str]]
    """URL of an incoming webhook of Slack or Microsoft Teams, or of a service that reads Slack's format. Each new
    review is announced there with its key and link only, unless a source ticket has a security level. A secret.
    Default: none.
    """
    reminder_days: NotRequired[pulumi.Input[int]]
    """Days after which an announced revision without a decision gets one reminder in its review ticket, from the sweep;
    `0` for no reminders. Default: `0`.
    """
    log_retention_days: NotRequired[pulumi.Input[int]]
    """Days for which logs are kept. Default: `30`."""
    alarm_email: NotRequired[str]
    """E-mail address that gets every alarm: failures, throttling and slow runs of functions, messages that wait too
    long, and API errors. Default: none.
    """
    protect_data: NotRequired[bool]
    """Prevent the deletion of tables and bucket, and keep deleted secrets for 30 days. If false, `pulumi destroy`
    deletes everything at once, the content of the bucket included. Default: `true`.
    """
    alarm_topic_arn: NotRequired[pulumi.Input[str]]
    """Existing SNS topic for every alarm, instead of `alarm_email`; its policy must allow CloudWatch to publish.
    Default: one is created.
    """
    permissions_boundary: NotRequired[pulumi.Input[str]]
    """Permissions boundary of every role. Default: none."""
    key_arn: NotRequired[pulumi.Input[str]]
    """Customer managed KMS key that encrypts tables, bucket, secrets, bus, queues, topic, logs and environments;
    docs/deploy.md says what its policy must allow. Default: the services' own keys.
    """
    vpc_subnet_ids: NotRequired[pulumi.Input[str]]
    """Subnets in which the functions run, comma separated, in at least two availability zones. They need a way out
    to Atlassian and AWS, such as a NAT gateway. Default: none; outside of a VPC.
    """
    vpc_security_group_ids: NotRequired[pulumi.Input[str]]
    """Security groups of the functions, comma separated; they must allow outgoing HTTPS. Default: none; outside of a
    VPC.
    """
    domain_name: NotRequired[pulumi.Input[str]]
    """Own domain of webhooks and review pages; needs `certificate_arn` or `zone_id`. Default: none; the URL that API
    Gateway generates.
    """
    certificate_arn: NotRequired[pulumi.Input[str]]
    """Certificate of that domain, in the stack's region. Default: created and validated in `zone_id`."""
    zone_id: NotRequired[pulumi.Input[str]]
    """Route 53 zone in which the domain's record is created. Default: none; create the DNS record yourself."""
    reserved_concurrency: NotRequired[dict[str, int]]
    """Reserved concurrency by function, as a JSON object: the most runs at a time, kept free for it in the account.
    Functions with a queue need at least 2. Default: no limits.
    """
    tags: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Tags of every resource, as a JSON object. Default: none."""
    bytecode: NotRequired[bool]
    """Put compiled files beside the sources into the archives of functions and layer, so that a cold start compiles
    nothing. True needs CPython 3.13, the functions' version, where the program runs (`python3.13` on PATH). Default:
    `false`.
    """
    layer_archive: NotRequired[str]
    """Path of a layer archive that is already built. Default: built from `handlers/requirements.lock`."""
