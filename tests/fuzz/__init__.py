"""Fuzz targets with a time box, one module each; what they find becomes a test."""
