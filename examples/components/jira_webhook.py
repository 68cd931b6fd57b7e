"""A webhook in Jira for closed issues, registered as the administrator in KINEXUS_ADMIN_EMAIL and _TOKEN."""

import pulumi
from kinexus_components import JiraWebhook, JiraWebhookArgs

secret = pulumi.Config().require_secret("webhookSecret")
jira, hook = "https://example.atlassian.net", "https://hooks.example.com/jira"
events, done = ["jira:issue_updated"], "statusCategory = Done"
args = JiraWebhookArgs(
    webhook_name="shop: finished issues", jira_url=jira, url=hook, events=events, jql=done, secret=secret
)
finished = JiraWebhook("finished", args)
