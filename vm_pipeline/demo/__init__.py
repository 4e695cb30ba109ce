"""A made-up value-management programme of four boards and three years, to try the pipeline on.

Belongs here: the data of the demonstration, written from a fixed seed into the canonical folders.
Does not belong here: anything that reads, judges or publishes data.

Board codes and names are real so that maps and labels work; every figure is invented, and every name says so.
"""

from vm_pipeline.demo.drop import restate, write_programme

__all__ = ["restate", "write_programme"]
