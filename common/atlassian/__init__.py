"""Adapters for Jira and Confluence: HTTP client, clients, payloads. Imports `runtime`, `markup`, `domain` and `aws`."""
