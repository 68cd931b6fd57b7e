"""The crash matrix: the handlers die at every external call, deliveries overlap in many orders, and the result is the same."""
