"""Benchmarks of the product and of the sandbox; `make bench` writes docs/performance.md."""
