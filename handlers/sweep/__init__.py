"""By the clock: tickets and reviews that were finished without Jira telling us enter the pipeline after all."""
