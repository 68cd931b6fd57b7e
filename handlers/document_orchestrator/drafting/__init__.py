"""Drafting: the prompts, the model calls, and the revision made from them. It does not import `page_selection`."""
