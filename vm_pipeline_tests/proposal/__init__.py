"""Tests of looking at files that nobody has described yet, and of drafts of their description."""
