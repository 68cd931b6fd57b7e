"""Checks of component arguments, and types that several components share."""
