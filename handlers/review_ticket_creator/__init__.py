"""Opens the review of a draft: the ticket, its visual diff, the diff page."""
