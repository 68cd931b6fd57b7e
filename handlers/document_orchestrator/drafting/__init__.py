"""Drafting: the prompts, the calls of the model, and the revision that comes of them. Imports `page_selection`."""
