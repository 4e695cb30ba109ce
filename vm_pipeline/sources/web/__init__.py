"""The web as a source: files and paged answers over HTTP, from servers that may fail, stall or lie.

Belongs here: everything that speaks HTTP. Does not belong here: what the bytes mean.
"""
