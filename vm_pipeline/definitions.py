"""Dagster's entry: everything it needs to know, built when it asks.

Belongs here: the list of what there is. Does not belong here: any of it.
"""

import dagster as dg

from vm_pipeline.defs.assemble import assemble
from vm_pipeline.settings import load


@dg.definitions
def defs() -> dg.Definitions:
    """Assets, checks, jobs, schedule and sensors, with the settings of the environment."""
    return assemble(load())
