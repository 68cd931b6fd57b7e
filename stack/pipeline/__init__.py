"""The documentation pipeline, composed of the components: the one room here that knows Jira and Confluence."""
