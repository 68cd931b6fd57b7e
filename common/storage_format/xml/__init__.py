"""Storage format as XML: scanning, element trees, entities, equivalence. Imports no other room."""
