"""Sources: connectors that find extracts, and landing, which keeps them for good.

Belongs here: bytes, their hashes, and when they came. Does not belong here: what the bytes mean.
"""
