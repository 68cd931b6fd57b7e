"""Detection of changes: from a webhook or the daily sweep to a recorded change. Imports the adapters."""
