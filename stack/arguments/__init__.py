"""Validation of component arguments, and argument types that several components share."""
