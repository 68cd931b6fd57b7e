"""Deadlines, errors, tolerant JSON access and Unicode safety. Imports nothing else of the repository."""
