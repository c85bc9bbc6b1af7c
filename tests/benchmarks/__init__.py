"""Measurements that are too long for a test run; docs/benchmarks.md tells what came of them."""
