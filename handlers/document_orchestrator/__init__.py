"""DocumentOrchestrator: finds the page that a change belongs to and drafts its new version."""
