"""Doctor: what is wrong with an installation, before a night finds it out.

Belongs here: looking, one check a finding, each with what was found, what was expected and what to do.
Does not belong here: mending anything, printing (commands), Dagster (defs says what its storage is like).

Nothing is changed by looking. A finding carries counts, paths, versions and names of files, never what is in them.
"""
