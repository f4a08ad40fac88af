"""Benchmarks: ``make bench`` or ``python -m tests.benchmarks [name …]``. Results go to docs/benchmarks."""
