"""A page as blocks: finding them, their paths, the outline that a model reads. Imports the rooms to its left."""
