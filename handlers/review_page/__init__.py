"""Serves the review page to anyone with the signed link; ``handlers.review_ticket_creator.diff`` renders the page."""
