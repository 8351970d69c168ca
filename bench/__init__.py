"""Benchmarks: Noctule, its peers and the floor beneath all of them, side by side in one run. See README.md."""
