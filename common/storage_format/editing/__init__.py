"""Edits of a page: applying them, and rebasing them on a page that changed since. Imports the rooms to its left."""
