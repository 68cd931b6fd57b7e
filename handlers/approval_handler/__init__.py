"""Reads the reviewer's decision from a closed review ticket and publishes approved drafts."""
