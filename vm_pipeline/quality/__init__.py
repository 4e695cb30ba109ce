"""Quality: judging tables. Does what was accepted keep its contract, do totals hold, does a month look like its past.

Belongs here: checks that read and judge; each gives a Verdict. Nothing here changes a table or a receipt.
Does not belong here: judging a row (the contracts, staging), acting on a verdict (defs, cli).
"""
