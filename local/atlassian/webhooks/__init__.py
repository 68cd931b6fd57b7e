"""Webhooks of the simulated Jira: registration, and delivery with retries."""
