"""Indicators as data: what is measured, from which numerator and denominator, and which way is better.

Belongs here: the catalogue. Does not belong here: SQL and engines (sql/marts computes what this declares).
"""
