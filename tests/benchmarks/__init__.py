"""Tests of the benchmarks: that what they print is what they claim to measure."""
