"""Hostile tickets, comments and pages: the page, the diff and the ticket stay harmless."""
