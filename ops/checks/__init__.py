"""The checks of `doctor`, by service."""
