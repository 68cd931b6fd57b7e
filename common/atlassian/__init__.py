"""Adapters for Jira and Confluence: HTTP client, clients, payloads. Imports `runtime`, `markup`, `domain` and `aws`."""

import warnings

# The layer leaves out the optional package by which requests guesses encodings; Atlassian's answers name theirs.
warnings.filterwarnings("ignore", "Unable to find acceptable character detection dependency")
