"""Recorded results of other packages, and published figures, reproduced."""
