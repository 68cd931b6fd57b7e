"""Tests of the benchmark of drafts."""
