"""The simulated Confluence: pages, search, validation of storage format."""
