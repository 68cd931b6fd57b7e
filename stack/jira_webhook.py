"""The import path that the state of deployed stacks refers to; the code is in `pipeline/jira_webhook.py`."""

from .pipeline.jira_webhook import JiraWebhookProvider

__all__ = ["JiraWebhookProvider"]
