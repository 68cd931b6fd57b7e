"""Tests of `common.storage_format`."""
