"""Tickets, comments and pages that attack: they leave the page, the diff and the ticket harmless."""
