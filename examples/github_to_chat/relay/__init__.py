"""What the relay's functions run."""
