"""By the clock: tickets that were finished without Jira telling us enter the pipeline after all."""
