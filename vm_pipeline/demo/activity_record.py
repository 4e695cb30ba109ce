"""An activity record, and the month's extract that carries it.

Belongs here: the record and the one rule by which a stay or a referral that ends later is sent again.
Does not belong here: what happened (stays, clinics, team_time, milk), spelling, files.
"""

from collections.abc import Iterator
from datetime import date
from typing import Literal, NamedTuple

from vm_pipeline.demo.programme import LAST_MONTH, MONTHS


class Record(NamedTuple):
    """One transaction on one activity record; moments are local, a plain date has no time of day."""

    transaction: Literal["I", "R", "D"]
    record_id: str
    unit: str = ""
    measure: str = ""
    start: date | None = None
    end: date | None = None
    quantity: str = ""  # empty: 1
    patient: str = ""
    discharge: str = ""
    outcome: str = ""


Delivery = tuple[str, Record]  # the month whose extract carries the record


def delivered(known: str, first: Record, settled: str, final: Record) -> Iterator[Delivery]:
    """What is sent of something known in one month and settled in another, perhaps after the programme's last."""
    known = max(known, MONTHS[0])
    if settled <= known:
        yield known, final
        return
    yield known, first
    if settled <= LAST_MONTH:
        yield settled, final._replace(transaction="R")
