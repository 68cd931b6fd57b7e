"""What `doctor` checks, by service."""
