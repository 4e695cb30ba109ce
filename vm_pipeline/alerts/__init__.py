"""Alerts: telling people of what needs them, once, and again when it is mended.

Belongs here: what is worth telling (causes), what was told already (told), the ways out (channels), one telling of all
of it (telling). Does not belong here: Dagster (defs gathers what its runs say), judging, when to tell.

A message carries codes, counts, sums, providers and months, as verdicts do, and never the content of a cell; addresses
and passwords of the ways out are told nowhere.
"""
