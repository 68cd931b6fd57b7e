"""The crash matrix: the handlers die at every boundary call, deliveries meet in every order; the end is the same."""
