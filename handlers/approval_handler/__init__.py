"""Reads what reviewers decide and publishes what was approved."""
