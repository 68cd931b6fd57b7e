"""Tests of the seeded site."""
