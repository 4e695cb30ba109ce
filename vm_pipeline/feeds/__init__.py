"""Contracts of the feeds: what may be sent, in which columns, under which rules.

Belongs here: declarations. Types, DDL, checks, docs and tests derive from them.
Does not belong here: files, databases, Dagster.
"""

from vm_pipeline.feeds.activity import ACTIVITY
from vm_pipeline.feeds.contract import Contract
from vm_pipeline.feeds.ledger import LEDGER
from vm_pipeline.feeds.reference import REFERENCES
from vm_pipeline.feeds.survey import SURVEY_COUNTS, SURVEY_WIDE, layout_of

CONTRACTS = {"ledger": (LEDGER,), "activity": (ACTIVITY,), "survey": (SURVEY_WIDE, SURVEY_COUNTS)}
FEEDS = tuple(CONTRACTS)


def contracts_of(feed: str) -> tuple[Contract, ...]:
    """Every contract of a feed, or that of a reference file, `reference/<name>`."""
    room, _, name = feed.partition("/")
    return CONTRACTS[room] if not name else (REFERENCES[name].contract,)


def contract_for(feed: str, header: tuple[str, ...] = ()) -> Contract:
    """The contract that a file of a feed or reference table follows; a survey's depends on its header."""
    return layout_of(header) if feed == "survey" else contracts_of(feed)[0]


__all__ = [
    "ACTIVITY",
    "CONTRACTS",
    "FEEDS",
    "LEDGER",
    "SURVEY_COUNTS",
    "SURVEY_WIDE",
    "Contract",
    "contract_for",
    "contracts_of",
]
