"""The DocumentBucket component."""
