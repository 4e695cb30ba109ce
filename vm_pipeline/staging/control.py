"""Control totals: what the sender says a batch holds, against what was read.

Belongs here: reading a control file, comparing, and saying the difference in figures.
Does not belong here: counting the batch (counting), row rules (judging).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from vm_pipeline.feeds.activity import ROW_COUNT_CONTROL
from vm_pipeline.feeds.contract import Contract
from vm_pipeline.feeds.ledger import LEDGER_CONTROL
from vm_pipeline.staging.counting import NOTHING, as_sent
from vm_pipeline.staging.matching import match_canonical
from vm_pipeline.staging.parsing import parsed
from vm_pipeline.staging.reading import Refused, read_sheet
from vm_pipeline.staging.summary import PeriodCount

_ASK_AGAIN = "Ask the sender for the extract and its control file again."


@dataclass(frozen=True)
class PeriodTotal:
    """Rows and pounds of one (financial year, period) as sent, sound or not; both names are text."""

    financial_year: str
    period: str
    rows: int
    amount: Decimal


Totals = dict[tuple[str, str], PeriodTotal]


def check_ledger(con: duckdb.DuckDBPyConnection, found: Sequence[PeriodCount], control: Path, folder: Path) -> Totals:
    """Compare a ledger batch with its control file. Raises Refused. Returns the control's totals by period."""
    amount = parsed(LEDGER_CONTROL.by_name["total_amount"].value, "total_amount")
    said: Totals = {}
    for line in _lines(con, control, folder, LEDGER_CONTROL, f"financial_year, period, {_COUNT}, {amount}", "true"):
        key = (line.financial_year, line.period)
        before = said.get(key, PeriodTotal(*key, 0, NOTHING))
        said[key] = PeriodTotal(*key, before.rows + line.rows, before.amount + line.amount)
    compare_periods([PeriodTotal(p.financial_year, p.period, p.rows, p.received) for p in found], list(said.values()))
    return said


def check_rows(con: duckdb.DuckDBPyConnection, found: int, control: Path, folder: Path) -> None:
    """Compare the rows of a batch with its control file. Raises Refused."""
    counted = f"NULL, NULL, {_COUNT}, 0"
    compare_rows(found, sum(one.rows for one in _lines(con, control, folder, ROW_COUNT_CONTROL, counted, _NOT_EMPTY)))


_COUNT = parsed(LEDGER_CONTROL.by_name["row_count"].value, "row_count")
_NOT_EMPTY = "row_count IS NOT NULL"


def _lines(
    con: duckdb.DuckDBPyConnection, path: Path, folder: Path, contract: Contract, columns: str, where: str
) -> list[PeriodTotal]:
    """The lines of a control file. Raises Refused where it, or a figure in it, cannot be read."""
    try:
        select = match_canonical(contract, [read_sheet(path, folder, closely=True)]).select
        lines = con.execute(f"SELECT {columns} FROM ({select}) WHERE {where}").fetchall()
    except (Refused, duckdb.InvalidInputException) as error:
        reason = str(error) if isinstance(error, Refused) else "its rows cannot be read."
        raise Refused("bad_control", f"the control file: {reason}") from error
    unread = sum(rows is None or amount is None for *_, rows, amount in lines)
    if unread:
        raise Refused(
            "bad_control", f"the control file: found {unread} lines whose figures cannot be read. Send it again."
        )
    return [PeriodTotal(as_sent(year), as_sent(period), rows, amount) for year, period, rows, amount in lines]


def compare_periods(found: Sequence[PeriodTotal], control: Sequence[PeriodTotal]) -> None:
    """Raise Refused unless every (financial year, period) has the rows and the pounds its control line says."""
    sent, said = ({(t.financial_year, t.period): t for t in totals} for totals in (found, control))
    for key in sorted(sent.keys() | said.keys()):
        nothing = PeriodTotal(*key, 0, Decimal(0))
        one, other = sent.get(key, nothing), said.get(key, nothing)
        if (one.rows, one.amount) != (other.rows, other.amount):
            raise Refused(
                "control_mismatch",
                f"financial year {key[0] or '(empty)'}, period {key[1] or '(empty)'}: found {one.rows} rows and "
                f"£{one.amount:,.2f}; the control file says {other.rows} rows and £{other.amount:,.2f} "
                f"(difference {one.rows - other.rows} rows, £{one.amount - other.amount:,.2f}). {_ASK_AGAIN}",
            )


def compare_rows(found: int, control: int) -> None:
    """Raise Refused unless the number of rows is what the control file says."""
    if found != control:
        raise Refused(
            "control_mismatch",
            f"found {found} rows; the control file says {control} (difference {found - control}). {_ASK_AGAIN}",
        )
