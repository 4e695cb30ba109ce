"""Tests of the way from bytes to typed rows: files, headers, spellings, rules, controls."""
