"""Markdown to storage format. Imports `xml`."""
