"""Control totals: what the sender says a batch holds, against what was read.

Belongs here: reading a control file, comparing, and saying the difference in figures.
Does not belong here: counting the batch (counting), row rules (judging).
"""

import re
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
from vm_pipeline.staging.summary import Difference, PeriodCount

_ASK_AGAIN = "Ask the sender for the extract and its control file again."


_SHOWN = 3


@dataclass(frozen=True)
class PeriodTotal:
    """Rows and pounds of one (financial year, period) as sent, sound or not; both names are text."""

    financial_year: str
    period: str
    rows: int
    amount: Decimal


Totals = dict[tuple[str, str], PeriodTotal]

# A ledger's control as most systems write it.
_PLAIN_LINE = r"[A-Za-z0-9]*,([0-9]{4}/[0-9]{2}),([0-9]{1,2}),([0-9]{1,9}),(-?[0-9]{1,12}\.[0-9]{2})\r?\n"
_PLAIN = re.compile(rf"{','.join(column.name for column in LEDGER_CONTROL.columns)}\r?\n(?:{_PLAIN_LINE})+")
_SMALL = 1 << 16  # bytes


def ledger_control(con: duckdb.DuckDBPyConnection, control: Path, folder: Path) -> Totals:
    """What the control file of a ledger says, by period. Raises Refused where it cannot be read."""
    said: Totals = {}
    for line in plain_lines(control) or any_lines(con, control, folder):
        key = (line.financial_year, line.period)
        before = said.get(key, PeriodTotal(*key, 0, NOTHING))
        said[key] = PeriodTotal(*key, before.rows + line.rows, before.amount + line.amount)
    return said


def plain_lines(control: Path) -> list[PeriodTotal]:
    """The lines of a ledger's control in its plainest spelling, without a statement; none of any other spelling.

    With fifty boards there are 1,800 of them, and the statements that any spelling takes are 5 ms of each.
    """
    text = control.read_bytes().decode("ascii", errors="replace") if control.stat().st_size < _SMALL else ""
    lines = re.findall(_PLAIN_LINE, text) if _PLAIN.fullmatch(text) else []
    return [
        PeriodTotal(as_sent(year), as_sent(period), int(rows), Decimal(total)) for year, period, rows, total in lines
    ]


def any_lines(con: duckdb.DuckDBPyConnection, control: Path, folder: Path) -> list[PeriodTotal]:
    """The lines of a ledger's control in any spelling. Raises Refused where they cannot be read."""
    amount = parsed(LEDGER_CONTROL.by_name["total_amount"].value, "total_amount")
    return _lines(con, control, folder, LEDGER_CONTROL, f"financial_year, period, {_COUNT}, {amount}", "true")


def row_control(con: duckdb.DuckDBPyConnection, control: Path, folder: Path) -> int:
    """The number of rows that a control file says. Raises Refused where it cannot be read."""
    counted = f"NULL, NULL, {_COUNT}, 0"
    return sum(one.rows for one in _lines(con, control, folder, ROW_COUNT_CONTROL, counted, _NOT_EMPTY))


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


def compare_periods(found: Sequence[PeriodCount], said: Totals) -> tuple[Difference, ...]:
    """Every (financial year, period) of which the extract holds other rows or pounds than its control file says."""
    sent = {(one.financial_year, one.period): PeriodTotal(*_names(one), one.rows, one.received) for one in found}
    differences = []
    for key in sorted(sent.keys() | said.keys()):
        nothing = PeriodTotal(*key, 0, NOTHING)
        one, other = sent.get(key, nothing), said.get(key, nothing)
        if (one.rows, one.amount) != (other.rows, other.amount):
            differences.append(Difference(*key, one.rows, other.rows, one.amount, other.amount))
    return tuple(differences)


def _names(one: PeriodCount) -> tuple[str, str]:
    return one.financial_year, one.period


def compare_rows(found: int, said: int) -> tuple[Difference, ...]:
    """The difference between the rows of a batch and what its control file says, where there is one."""
    return (Difference("", "", found, said, None, None),) if found != said else ()


def mismatch(differences: Sequence[Difference]) -> Refused:
    """Why a batch that differs from its control file is refused, in figures."""
    more = f"; and {len(differences) - _SHOWN} more periods" if differences[_SHOWN:] else ""
    return Refused("control_mismatch", f"{'; '.join(map(str, differences[:_SHOWN]))}{more}. {_ASK_AGAIN}")
