"""The HTTP routes of the simulator, a file for each family of endpoints."""
