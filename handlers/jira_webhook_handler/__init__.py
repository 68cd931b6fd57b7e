"""Step 1: a ticket was finished. Is the change worth documenting? Record it and say so on the bus."""
