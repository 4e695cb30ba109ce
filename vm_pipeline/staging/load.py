"""One batch in one connection: sent, judged, counted, compared with its control, written.

Belongs here: the steps between a sheet of text and typed Parquet.
Does not belong here: caching and parallel work (batches), what the steps' SQL says (matching, judging).
"""

import re
from dataclasses import dataclass, replace
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
        raise Refused("bad_layout", f"the layout's SQL fails: {_safe(error)}. Correct the layout.") from error
    return Loaded(sheet, matched)


def _safe(error: duckdb.Error) -> str:
    """What DuckDB says of a statement it cannot bind; of cells it cannot convert only the kind, it would quote them."""
    binding = isinstance(error, duckdb.BinderException | duckdb.ParserException | duckdb.CatalogException)
    return str(error).split("\n")[0] if binding else type(error).__name__


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
    counts = _counts(con, contract)
    periods = _periods(con) if contract.feed == "ledger" else []
    refused: Refused | None = None
    said: dict[tuple[str, str], PeriodTotal] = {}
    try:
        said = _check_control(con, contract, counts.received, periods, control, folder)
    except Refused as found:
        refused = found
    _write(con, contract, receipt, loaded, folder, bool(counts.rejections))
    return Summary(
        content_id=receipt.content_id,
        contract_version=contract.version,
        rows_received=counts.received,
        rows_accepted=counts.accepted,
        rows_rejected=counts.received - counts.accepted,
        received=counts.pounds_received if contract.money else None,
        accepted=counts.pounds_accepted if contract.money else None,
        refused_code=refused.code if refused else "",
        refused_because=str(refused) if refused else "",
        rejections=counts.rejections,
        periods=tuple(_with_control(period, said) for period in periods),
        warnings=_warnings(counts, contract, receipt.slot, control),
        columns=loaded.sheet.header,
    )


@dataclass(frozen=True)
class _Counts:
    """Rows and pounds of one batch, received and accepted, and rejected by rule."""

    received: int
    accepted: int
    pounds_received: Decimal
    pounds_accepted: Decimal
    outside: int
    rejections: tuple[RuleCount, ...]


def _counts(con: duckdb.DuckDBPyConnection, contract: Contract) -> _Counts:
    """Everything that can be counted in one pass: a batch is small, and each query costs as much as its rows."""
    rows = con.execute(
        f"SELECT rule_code, count(*), coalesce(sum({contract.money or '0'}), 0)::DECIMAL(38,2), "
        "coalesce(count_if(rule_code IS NULL AND month_number <> batch_month), 0) FROM judged GROUP BY rule_code"
    ).fetchall()
    by_rule = {code: RuleCount(code, count, pounds) for code, count, pounds, _ in rows}
    sound = by_rule.pop(None, RuleCount("", 0, _NOTHING))
    return _Counts(
        received=sound.rows + sum(rule.rows for rule in by_rule.values()),
        accepted=sound.rows,
        pounds_received=sound.amount + sum((rule.amount for rule in by_rule.values()), _NOTHING),
        pounds_accepted=sound.amount,
        outside=sum(outside for *_, outside in rows),
        rejections=tuple(by_rule[code] for code in contract.rule_codes if code in by_rule),
    )


# What figures call a year or period as sent. Text that is no number may be anything, a name too: that is only `?`.
_NUMERIC = re.compile(r"[0-9/. -]{0,9}")


def _as_sent(text: str | None) -> str:
    return re.sub(r"^0+(?=[0-9])", "", text or "") if _NUMERIC.fullmatch(text or "") else "?"


def _periods(con: duckdb.DuckDBPyConnection) -> list[PeriodCount]:
    """Rows and pounds of every (financial year, period) as sent."""
    rows = con.execute(
        "SELECT financial_year_sent, period_sent, count(*), coalesce(sum(amount), 0)::DECIMAL(38,2), "
        "coalesce(sum(amount) FILTER (rule_code IS NULL), 0)::DECIMAL(38,2) FROM judged GROUP BY ALL"
    ).fetchall()
    sums: dict[tuple[str, str], list[Any]] = {}
    for year, period, *figures in rows:
        key = (_as_sent(year), _as_sent(period))
        sums[key] = [old + new for old, new in zip(sums.get(key, [0, _NOTHING, _NOTHING]), figures, strict=True)]
    return [PeriodCount(year, period, *figures, None) for (year, period), figures in sorted(sums.items())]  # type: ignore[call-arg]


def _with_control(period: PeriodCount, said: dict[tuple[str, str], PeriodTotal]) -> PeriodCount:
    total = said.get((period.financial_year, period.period))
    return replace(period, control=total.amount if total else None)


def _check_control(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    rows: int,
    periods: list[PeriodCount],
    control: Path | None,
    folder: Path,
) -> dict[tuple[str, str], PeriodTotal]:
    """Compare with the control file, if there is one. Raises Refused. Returns its lines by period, for a ledger."""
    if control is None:
        return {}
    if contract.feed != "ledger":
        lines = _control_lines(con, control, folder, ROW_COUNT_CONTROL, "row_count IS NULL", "NULL, NULL", "NULL")
        compare_rows(rows, sum(line.rows for line in lines))
        return {}
    total = parsed(LEDGER_CONTROL.by_name["total_amount"].value, "total_amount")
    lines = _control_lines(con, control, folder, LEDGER_CONTROL, "false", "financial_year, period", total)
    said: dict[tuple[str, str], PeriodTotal] = {}
    for line in lines:
        key = (line.financial_year, line.period)
        before = said.get(key, PeriodTotal(*key, 0, _NOTHING))
        said[key] = PeriodTotal(*key, before.rows + line.rows, before.amount + line.amount)
    compare_periods([PeriodTotal(p.financial_year, p.period, p.rows, p.received) for p in periods], list(said.values()))
    return said


def _control_lines(
    con: duckdb.DuckDBPyConnection, path: Path, folder: Path, contract: Contract, left_out: str, names: str, amount: str
) -> list[PeriodTotal]:
    """The lines of a control file. Raises Refused where it, or a figure in it, cannot be read."""
    counted = parsed(contract.by_name["row_count"].value, "row_count")
    try:
        sheet = read_sheet(con, path, folder)
        select = match_canonical(contract, sheet).select
        lines = con.execute(f"SELECT {names}, {counted}, {amount} FROM ({select}) WHERE NOT ({left_out})").fetchall()
    except (Refused, duckdb.InvalidInputException) as error:
        reason = str(error) if isinstance(error, Refused) else "its rows cannot be read."
        raise Refused("bad_control", f"the control file: {reason}") from error
    unread = sum(rows is None or (amount != "NULL" and pounds is None) for _, _, rows, pounds in lines)
    if unread:
        raise Refused(
            "bad_control", f"the control file: found {unread} lines whose figures cannot be read. Send it again."
        )
    return [
        PeriodTotal(_as_sent(year), _as_sent(period), rows, pounds or _NOTHING) for year, period, rows, pounds in lines
    ]


def _warnings(counts: _Counts, contract: Contract, slot: Slot, control: Path | None) -> tuple[Warned, ...]:
    found = []
    if contract.feed == "ledger" and control is None:
        found.append(Warned("no_control", 0, "found no control file, expected one beside the extract"))
    if slot.first_period and counts.outside:
        message = f"{counts.outside} rows belong to a month outside {slot.period}"
        found.append(Warned("outside_period", counts.outside, message))
    return tuple(found)


def _write(
    con: duckdb.DuckDBPyConnection, contract: Contract, receipt: Receipt, loaded: Loaded, folder: Path, rejected: bool
) -> None:
    options = "(FORMAT parquet)"  # snappy: half the processor time of zstd, half as large again
    accepted = judging.accepted(contract, receipt.content_id, loaded.matched.questions)
    con.execute(f"COPY ({accepted}) TO {literal(folder / 'accepted.parquet')} {options}")
    if rejected:
        con.execute(f"COPY ({judging.rejected(contract)}) TO {literal(folder / 'rejected.parquet')} {options}")
