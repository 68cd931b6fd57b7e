"""DocumentOrchestrator: selects the page for a change and drafts the new version of that page."""
