"""Benchmarks: ratios measured in one run, printed, never asserted. `make bench` runs them."""
