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
from vm_pipeline.staging.layouts import Layout, literal
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
    except (duckdb.ProgrammingError, duckdb.DataError) as error:  # a full disk or memory is no fault of the file
        if "CSV" in str(error):
            raise what_is_broken(path, sheet) from error
        if layout is None:
            raise
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


# What figures call a year or period as sent. Text that is no number may be anything, a name too: that is only `?`.
_AS_SENT = (
    "CASE WHEN regexp_full_match(coalesce({0}, ''), '[0-9/. -]{{0,9}}') "
    "THEN regexp_replace(coalesce({0}, ''), '^0+([0-9])', '\\1') ELSE '?' END"
)
_YEAR_AND_PERIOD = f"{_AS_SENT.format('year')}, {_AS_SENT.format('period')}"


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
    except (Refused, duckdb.InvalidInputException) as error:
        reason = str(error) if isinstance(error, Refused) else "its rows cannot be read."
        raise Refused("bad_control", f"the control file: {reason}") from error
    counted = parsed(LEDGER_CONTROL.by_name["row_count"].value, "row_count")
    if contract.feed != "ledger":
        _refuse_unreadable(con, f"row_count IS NOT NULL AND ({counted}) IS NULL")
        compare_rows(rows, one(con, f"SELECT coalesce(sum({counted}), 0)::BIGINT FROM control"))
        return {}
    total = parsed(LEDGER_CONTROL.by_name["total_amount"].value, "total_amount")
    _refuse_unreadable(con, f"({counted}) IS NULL OR ({total}) IS NULL")
    said = _by_period(con, f"SELECT financial_year AS year, period, {counted} AS rows, {total} AS amount FROM control")
    found = _by_period(con, "SELECT financial_year_sent AS year, period_sent AS period, 1 AS rows, amount FROM judged")
    compare_periods(list(found.values()), list(said.values()))
    return said


def _refuse_unreadable(con: duckdb.DuckDBPyConnection, condition: str) -> None:
    lines = one(con, f"SELECT count(*) FROM control WHERE {condition}")
    if lines:
        raise Refused(
            "bad_control", f"the control file: found {lines} lines whose figures cannot be read. Send it again."
        )


def _by_period(con: duckdb.DuckDBPyConnection, source: str) -> dict[tuple[str, str], PeriodTotal]:
    found = con.execute(
        f"SELECT {_YEAR_AND_PERIOD}, sum(rows)::BIGINT, coalesce(sum(amount), 0)::DECIMAL(38,2) FROM "
        f"(SELECT year, period, sum(rows) AS rows, sum(amount) AS amount FROM ({source}) GROUP BY ALL) GROUP BY ALL"
    ).fetchall()
    return {row[:2]: PeriodTotal(*row) for row in found}


def _periods(con: duckdb.DuckDBPyConnection, said: dict[tuple[str, str], PeriodTotal]) -> tuple[PeriodCount, ...]:
    rows = con.execute(
        f"SELECT {_YEAR_AND_PERIOD}, sum(rows)::BIGINT, coalesce(sum(received), 0)::DECIMAL(38,2), "
        "coalesce(sum(accepted), 0)::DECIMAL(38,2) FROM "
        "(SELECT financial_year_sent AS year, period_sent AS period, count(*) AS rows, sum(amount) AS received, "
        "sum(amount) FILTER (rule_code IS NULL) AS accepted FROM judged GROUP BY ALL) GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return tuple(
        PeriodCount(*row, said[row[:2]].amount if row[:2] in said else None)  # type: ignore[call-arg]
        for row in rows
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
    options = "(FORMAT parquet)"  # snappy: half the processor time of zstd, half as large again
    accepted = judging.accepted(contract, receipt.content_id, loaded.matched.questions)
    con.execute(f"COPY ({accepted}) TO {literal(folder / 'accepted.parquet')} {options}")
    if rejected:
        con.execute(f"COPY ({judging.rejected(contract)}) TO {literal(folder / 'rejected.parquet')} {options}")
