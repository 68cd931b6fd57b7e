"""Fuzz targets with a time limit, one module each; every finding becomes a test."""
