"""Commands of `vm-pipeline` that stand in a module of their own.

Belongs here: their arguments, what they print, their exit status.
Does not belong here: the work (feedback, proposal), the nightly run (cli).
"""
