"""Tests of page selection: finding the page that a ticket belongs to."""
