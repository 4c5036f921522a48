"""Benchmarks: each figure is a ratio to its floor, measured in the same run. `make bench`."""
