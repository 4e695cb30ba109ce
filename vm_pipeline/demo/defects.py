"""What is wrong with some rows: about one in two hundred, covering every rule of every feed.

Belongs here: which cell is spoiled and how, as data, and the slipping of spoiled copies in among sound rows.
Does not belong here: the rules themselves (feeds), sound rows.

A spoiled row is a copy of a sound one under a key of its own, so nothing that counts is lost or counted twice.
"""

from collections.abc import Sequence
from itertools import cycle, islice
from typing import NamedTuple

from vm_pipeline.demo.chance import stream
from vm_pipeline.demo.extract import Row, Slot
from vm_pipeline.demo.programme import MONTHS

_ONE_IN = 200
_OTHER_PROVIDER = "S08000015"


class Defect(NamedTuple):
    """A rule that a row fails because of one cell. A duplicate keeps its key, and its cell is what came first."""

    rule: str
    column: str
    text: str


LEDGER = (
    Defect("missing_code", "cost_centre_code", ""),
    Defect("bad_amount", "amount", "12,34.50"),
    Defect("duplicate", "", ""),
    Defect("bad_date", "posting_date", "31/02/2021"),
    Defect("bad_wte", "wte", "n/k"),
    Defect("wrong_provider", "provider_code", _OTHER_PROVIDER),
    Defect("bad_period", "period", "15"),
    Defect("bad_amount", "amount", "-45.00CR"),
    Defect("missing_code", "journal_id", "  "),
    Defect("bad_period", "financial_year", "2020-21"),
    Defect("bad_amount", "amount", "NaN"),
    Defect("bad_date", "posting_date", "44136"),
    Defect("missing_code", "account_code", ""),
    Defect("bad_amount", "amount", "10.005"),
    Defect("duplicate", "", ""),
    Defect("bad_amount", "amount", ""),
    Defect("bad_date", "posting_date", ""),
    Defect("missing_code", "provider_code", ""),
)
ACTIVITY = (
    Defect("missing_code", "unit_code", ""),
    Defect("bad_type", "transaction_type", "U"),
    Defect("bad_date", "start_at", "yesterday"),
    Defect("end_before_start", "end_at", "2001-01-01"),
    Defect("bad_quantity", "quantity", "-1"),
    Defect("wrong_provider", "provider_code", _OTHER_PROVIDER),
    Defect("missing_code", "measure_code", " "),
    Defect("bad_quantity", "quantity", "1.2345"),
    Defect("bad_date", "end_at", "2021-02-30"),
    Defect("bad_type", "transaction_type", ""),
    Defect("bad_quantity", "quantity", "two"),
    Defect("bad_date", "start_at", ""),
    Defect("missing_code", "record_id", ""),
)
SURVEY_ADDED_UP = (
    Defect("missing_code", "survey_code", ""),
    Defect("bad_date", "wave_date", "spring"),
    Defect("wrong_provider", "provider_code", _OTHER_PROVIDER),
    Defect("duplicate", "positive", "0"),
    Defect("bad_date", "wave_date", ""),
    Defect("missing_code", "provider_code", ""),
)
_KEYS = ("journal_id", "record_id", "respondent_ref")


def survey_defects(header: Sequence[str]) -> tuple[Defect, ...]:
    """The defects of a survey layout. A repeated questionnaire left its first question out the first time."""
    if "respondent_ref" not in header:
        return SURVEY_ADDED_UP
    repeat = Defect("duplicate", header[header.index("respondent_ref") + 1], "N/A")
    return tuple(repeat if defect.rule == "duplicate" else defect for defect in SURVEY_ADDED_UP)


def spoil(slot: Slot, header: Sequence[str], rows: Sequence[Row], defects: Sequence[Defect], seed: int) -> list[Row]:
    """The rows with spoiled copies among them; which defects come is the month's turn in their order."""
    rng = stream(seed, slot.board.code, slot.feed, slot.month, "defects")
    number = max(1, round(len(rows) / _ONE_IN))
    turn = MONTHS.index(slot.month) * number % len(defects)
    spoiled = list(rows)
    originals = _originals(header, rows)
    for serial, defect in enumerate(islice(cycle(defects), turn, turn + number)):
        original = rng.choice(originals)
        copy = _spoiled(original, header, defect, f"X{serial}")
        place = spoiled.index(original) if defect.rule == "duplicate" else rng.randrange(len(spoiled) + 1)
        spoiled.insert(place, copy)
    return spoiled


def _originals(header: Sequence[str], rows: Sequence[Row]) -> list[Row]:
    """Rows worth copying: a deletion has too few cells to spoil."""
    if "transaction_type" not in header:
        return list(rows)
    transaction = header.index("transaction_type")
    return [row for row in rows if row.cells[transaction] != "D"]


def _spoiled(row: Row, header: Sequence[str], defect: Defect, key: str) -> Row:
    cells = dict(zip(header, row.cells, strict=True))
    if defect.rule != "duplicate":
        cells.update({name: f"{cells[name]}-{key}" for name in _KEYS if name in cells})
    if defect.column:
        cells[defect.column] = defect.text
    return Row(tuple(cells.values()), None if defect.rule == "bad_amount" else row.pence)
