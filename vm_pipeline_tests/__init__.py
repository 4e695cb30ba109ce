"""Tests, in the rooms of the pipeline."""
