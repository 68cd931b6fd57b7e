"""Renders the visual diff of two page versions as HTML or ADF; ``handlers.review_page`` serves the HTML page.

Both versions are read into passages, and the passages are compared.
"""
