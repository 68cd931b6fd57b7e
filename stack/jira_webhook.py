"""The path that the state of deployed stacks names; the code is in `pipeline/jira_webhook.py`."""

from .pipeline.jira_webhook import JiraWebhookProvider

__all__ = ["JiraWebhookProvider"]
