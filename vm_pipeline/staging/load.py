"""One batch in one connection: sent, judged, counted, compared with its control, written.

Belongs here: the steps between a sheet of text and typed Parquet.
Does not belong here: caching and parallel work (batches), what the steps' SQL says (matching, judging).
"""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from vm_pipeline.calendar import financial_year, first_day, ledger_period
from vm_pipeline.feeds.activity import ROW_COUNT_CONTROL
from vm_pipeline.feeds.contract import Contract
from vm_pipeline.feeds.ledger import LEDGER_CONTROL
from vm_pipeline.sources.receipts import Receipt, Slot
from vm_pipeline.staging import judging
from vm_pipeline.staging.control import PeriodTotal, compare_periods, compare_rows
from vm_pipeline.staging.layouts import Layout
from vm_pipeline.staging.matching import Matched, match_canonical, match_layout
from vm_pipeline.staging.parsing import parsed
from vm_pipeline.staging.reading import Refused, Sheet, read_sheet, what_is_broken
from vm_pipeline.staging.summary import PeriodCount, RuleCount, Summary, Warned

_NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Loaded:
    """What stands in the connection's table `judged`."""

    sheet: Sheet
    matched: Matched


def load(
    con: duckdb.DuckDBPyConnection, contract: Contract, slot: Slot, sheet: Sheet, path: Path, layout: Layout | None
) -> Loaded:
    """Fill the table `judged`: typed, with rule_code. Raises Refused."""
    matched = match_layout(contract, sheet, layout, _facts(slot)) if layout else match_canonical(contract, sheet)
    try:
        for statement in judging.judge(contract, slot, matched.select):
            con.execute(statement)
    except duckdb.InvalidInputException as error:
        raise what_is_broken(path, sheet) from error
    except duckdb.Error as error:
        raise Refused("bad_layout", f"the layout's SQL fails: {type(error).__name__}. Correct the layout.") from error
    return Loaded(sheet, matched)


def _facts(slot: Slot) -> dict[str, str]:
    """What a batch knows of itself, for layouts whose rows do not say it."""
    if not slot.first_period:
        return {"provider_code": slot.provider_code}
    day = first_day(slot.first_period)
    return {
        "provider_code": slot.provider_code,
        "financial_year": financial_year(day),
        "period": str(ledger_period(day)),
        "first_day": day.isoformat(),
    }


def outcome(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    receipt: Receipt,
    loaded: Loaded,
    control: Path | None,
    folder: Path,
) -> Summary:
    """Count what was judged, compare it with the control, and write the Parquet of both kinds of rows."""
    rejections = _rejections(con, contract)
    rejected = sum(rule.rows for rule in rejections)
    received, accepted, rows = _totals(con, contract)
    refused: Refused | None = None
    said: dict[tuple[str, str], PeriodTotal] = {}
    try:
        said = _check_control(con, contract, rows, control, folder)
    except Refused as found:
        refused = found
    _write(con, contract, receipt, loaded, folder, bool(rejected))
    return Summary(
        content_id=receipt.content_id,
        contract_version=contract.version,
        rows_received=rows,
        rows_accepted=rows - rejected,
        rows_rejected=rejected,
        received=received,
        accepted=accepted,
        refused_code=refused.code if refused else "",
        refused_because=str(refused) if refused else "",
        rejections=rejections,
        periods=_periods(con, said) if contract.feed == "ledger" else (),
        warnings=_warnings(con, contract, receipt.slot, control),
        columns=loaded.sheet.header,
    )


def _rejections(con: duckdb.DuckDBPyConnection, contract: Contract) -> tuple[RuleCount, ...]:
    rows = con.execute(
        f"SELECT rule_code, count(*), coalesce(sum({contract.money or '0'}), 0)::DECIMAL(38,2) FROM judged "
        "WHERE rule_code IS NOT NULL GROUP BY rule_code"
    ).fetchall()
    order = contract.rule_codes
    return tuple(RuleCount(*row) for row in sorted(rows, key=lambda row: order.index(row[0])))


def _totals(con: duckdb.DuckDBPyConnection, contract: Contract) -> tuple[Decimal | None, Decimal | None, int]:
    """Pounds received and accepted (None where the feed has no money), and rows received."""
    rows = one(con, "SELECT count(*) FROM judged")
    if not contract.money:
        return None, None, rows
    money = f"coalesce(sum({contract.money}), 0)::DECIMAL(38,2)"
    received = one(con, f"SELECT {money} FROM judged")
    return received, one(con, f"SELECT {money} FROM judged WHERE rule_code IS NULL"), rows


def one(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    """The single value of a query that always has a row."""
    return con.execute(sql).fetchall()[0][0]


_PERIOD_AS_SENT = "coalesce(regexp_replace(period{0}, '^0+([0-9])', '\\1'), '')"
_YEAR_AS_SENT = "coalesce(financial_year{0}, '')"


def _check_control(
    con: duckdb.DuckDBPyConnection, contract: Contract, rows: int, control: Path | None, folder: Path
) -> dict[tuple[str, str], PeriodTotal]:
    """Compare with the control file, if there is one. Raises Refused. Returns its lines by period, for a ledger."""
    if control is None:
        return {}
    try:
        sheet = read_sheet(con, control, folder)
        matched = match_canonical(LEDGER_CONTROL if contract.feed == "ledger" else ROW_COUNT_CONTROL, sheet)
        con.execute(f"CREATE OR REPLACE TEMP TABLE control AS {matched.select}")
    except (Refused, duckdb.Error) as error:
        reason = str(error) if isinstance(error, Refused) else "its rows cannot be read."
        raise Refused("bad_control", f"the control file: {reason}") from error
    counted = parsed(LEDGER_CONTROL.by_name["row_count"].value, "row_count")
    if contract.feed != "ledger":
        compare_rows(rows, one(con, f"SELECT coalesce(sum({counted}), 0)::BIGINT FROM control"))
        return {}
    total = parsed(LEDGER_CONTROL.by_name["total_amount"].value, "total_amount")
    said = _by_period(con, "SELECT * FROM control", counted, total, "")
    found = _by_period(con, "SELECT * FROM judged", "1", "amount", "_sent")
    compare_periods(list(found.values()), list(said.values()))
    return said


def _by_period(
    con: duckdb.DuckDBPyConnection, source: str, rows: str, amount: str, suffix: str
) -> dict[tuple[str, str], PeriodTotal]:
    year, period = _YEAR_AS_SENT.format(suffix), _PERIOD_AS_SENT.format(suffix)
    found = con.execute(
        f"SELECT {year}, {period}, coalesce(sum({rows}), 0)::BIGINT, coalesce(sum({amount}), 0)::DECIMAL(38,2) "
        f"FROM ({source}) GROUP BY ALL"
    ).fetchall()
    return {row[:2]: PeriodTotal(*row) for row in found}


def _periods(con: duckdb.DuckDBPyConnection, said: dict[tuple[str, str], PeriodTotal]) -> tuple[PeriodCount, ...]:
    year, period = _YEAR_AS_SENT.format("_sent"), _PERIOD_AS_SENT.format("_sent")
    rows = con.execute(
        f"SELECT {year}, {period}, count(*), coalesce(sum(amount), 0)::DECIMAL(38,2), "
        "coalesce(sum(amount) FILTER (rule_code IS NULL), 0)::DECIMAL(38,2) FROM judged GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return tuple(
        PeriodCount(year, period, *counts, control=said[year, period].amount if (year, period) in said else None)
        for year, period, *counts in rows
    )


def _warnings(
    con: duckdb.DuckDBPyConnection, contract: Contract, slot: Slot, control: Path | None
) -> tuple[Warned, ...]:
    found = []
    if contract.feed == "ledger" and control is None:
        found.append(Warned("no_control", 0, "found no control file, expected one beside the extract"))
    if slot.first_period:
        outside = one(con, "SELECT count(*) FROM judged WHERE rule_code IS NULL AND month_number <> batch_month")
        if outside:
            found.append(Warned("outside_period", outside, f"{outside} rows belong to a month outside {slot.period}"))
    return tuple(found)


def _write(
    con: duckdb.DuckDBPyConnection, contract: Contract, receipt: Receipt, loaded: Loaded, folder: Path, rejected: bool
) -> None:
    options = "(FORMAT parquet, COMPRESSION zstd)"
    accepted = judging.accepted(contract, receipt.content_id, loaded.matched.questions)
    con.execute(f"COPY ({accepted}) TO '{folder / 'accepted.parquet'}' {options}")
    if rejected:
        con.execute(f"COPY ({judging.rejected(contract)}) TO '{folder / 'rejected.parquet'}' {options}")
