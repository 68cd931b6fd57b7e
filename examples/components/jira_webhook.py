"""Jira reports finished issues; it is told so as the administrator of KINEXUS_ADMIN_EMAIL and _TOKEN."""

import pulumi

from stack import JiraWebhook

secret = pulumi.Config().require_secret("webhookSecret")
where = {"jira_url": "https://example.atlassian.net", "url": "https://hooks.example.com/jira"}
what = {"events": ["jira:issue_updated"], "jql": "statusCategory = Done", "secret": secret}
finished = JiraWebhook("finished", {"webhook_name": "shop: finished issues", **where, **what})
