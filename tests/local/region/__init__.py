"""Tests of the local region, the model stand-in and the command line."""
