"""What the export's function runs."""
