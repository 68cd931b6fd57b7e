"""This machine as a region: the same program on MiniStack, with simulators of the services around it."""
