"""A webhook in Jira for closed issues, registered as the administrator in KINEXUS_ADMIN_EMAIL and _TOKEN."""

import pulumi
from kinexus_components import JiraWebhook

finished = JiraWebhook(
    "finished",
    webhook_name="shop: finished issues",
    jira_url="https://example.atlassian.net",
    url="https://hooks.example.com/jira",
    events=["jira:issue_updated"],
    jql="statusCategory = Done",
    secret=pulumi.Config().require_secret("webhookSecret"),
)
