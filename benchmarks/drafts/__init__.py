"""The quality of drafts, measured on changes whose authors' own pages are known. docs/quality.md explains it."""
