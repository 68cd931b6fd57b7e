"""Storage format to Markdown, with opaque tokens for what Markdown cannot say. Imports `from_markdown` and `xml`."""
