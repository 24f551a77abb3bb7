"""Measurements beside a reference of the same run. Each file has `def measure() -> Iterator[Figure]`; `make bench` runs them all."""
