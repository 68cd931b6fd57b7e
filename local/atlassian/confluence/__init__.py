"""The simulated Confluence: pages, search, storage checks."""
