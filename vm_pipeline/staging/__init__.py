"""Staging: received bytes become typed rows, accepted or rejected, once and for all.

Belongs here: reading odd files, matching headers, parsing cells, judging rows, control totals.
Does not belong here: teams and indicators; nothing here needs reference data.
"""
