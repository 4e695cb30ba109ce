"""Tests of the benchmarks: what measures, and what is written of it."""
