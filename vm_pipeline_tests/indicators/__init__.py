"""Tests of the catalogue and of what is made from it."""
