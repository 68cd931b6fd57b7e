"""DocumentationPipeline, composed of the other components; the only part of `stack` that knows Jira and Confluence."""
