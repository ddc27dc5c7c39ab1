"""What the figures of docs/BENCHMARKS.md come from."""
