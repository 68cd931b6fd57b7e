"""Code of the relay's functions."""
