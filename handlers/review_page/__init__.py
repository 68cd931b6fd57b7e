"""Serves the visual diff of a draft to whoever holds its signed link, and nothing else."""
