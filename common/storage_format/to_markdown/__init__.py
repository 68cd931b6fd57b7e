"""Storage format to Markdown, with opaque tokens for other content. Imports `from_markdown` and `xml`."""
