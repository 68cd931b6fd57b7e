"""Tests of finding the page that a ticket belongs to."""
