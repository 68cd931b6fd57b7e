"""Opens the review of a draft: the review ticket with its description, and the diff page."""
