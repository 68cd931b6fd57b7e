"""Adapters of Jira and Confluence: HTTP client, retry policy, clients, payloads. Imports the rooms above it."""
