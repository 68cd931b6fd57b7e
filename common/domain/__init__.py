"""Changes, documents, drafts, tickets and events: frozen dataclasses and pure rules. Imports `runtime` and `markup`."""
