"""Code of the export's function."""
