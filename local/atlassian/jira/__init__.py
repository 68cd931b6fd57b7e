"""The simulated Jira: issues, workflow, JQL."""
