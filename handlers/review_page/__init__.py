"""Serves the review page (the visual diff of a draft) to anyone who has its signed link."""
