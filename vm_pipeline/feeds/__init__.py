"""Contracts of the feeds: what may be sent, in which columns, under which rules.

Belongs here: declarations. Types, DDL, checks, docs and tests derive from them.
Does not belong here: files, databases, Dagster.
"""

from vm_pipeline.feeds.activity import ACTIVITY
from vm_pipeline.feeds.contract import Contract
from vm_pipeline.feeds.ledger import LEDGER
from vm_pipeline.feeds.survey import SURVEY_COUNTS, SURVEY_WIDE, layout_of

FEEDS = ("ledger", "activity", "survey")


def contract_for(feed: str, header: tuple[str, ...] = ()) -> Contract:
    """The contract of a feed; a survey's depends on its header."""
    if feed == "survey":
        return layout_of(header)
    return {"ledger": LEDGER, "activity": ACTIVITY}[feed]


__all__ = ["ACTIVITY", "FEEDS", "LEDGER", "SURVEY_COUNTS", "SURVEY_WIDE", "Contract", "contract_for"]
