"""Batches of one shape in one connection: judged together, counted, compared with their controls, written apart.

Belongs here: the steps between sheets of text and typed Parquet.
Does not belong here: caching and parallel work (batches), what the steps' SQL says (matching, judging).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from vm_pipeline.calendar import financial_year, first_day, ledger_period
from vm_pipeline.feeds.contract import Contract
from vm_pipeline.feeds.identifiers import masked, names_an_identifier
from vm_pipeline.sources.receipts import Receipt, Slot
from vm_pipeline.sources.sender import base_name
from vm_pipeline.staging import judging
from vm_pipeline.staging.control import Totals, compare_periods, compare_rows, ledger_control, mismatch, row_control
from vm_pipeline.staging.counting import Counts, beyond, count, count_periods
from vm_pipeline.staging.layouts import Layout
from vm_pipeline.staging.leaving_out import check_totals, counted
from vm_pipeline.staging.looks import looks
from vm_pipeline.staging.making import File
from vm_pipeline.staging.matching import AS_SENT, Matched, looks_damaged, match_canonical, match_layout
from vm_pipeline.staging.naming import literal
from vm_pipeline.staging.personal import Protected, protect
from vm_pipeline.staging.policy import STRICTEST, Policy
from vm_pipeline.staging.reading import AS_IT_SAYS, Refused, Sheet, read_sheet
from vm_pipeline.staging.summary import Difference, PeriodCount, Summary, Warned

# A third less processor time and a quarter fewer bytes than DuckDB's own choice: texts of many values (journals,
# suppliers) are not worth a dictionary. zstd halves the bytes again, for twice the time.
ACCEPTED, REJECTED = "accepted.parquet", "rejected.parquet"
_PARQUET = "(FORMAT parquet, PARQUET_VERSION v2, COMPRESSION lz4, DICTIONARY_SIZE_LIMIT 1000)"


# What the SQL of a layout may end in; a full disk or memory is no fault of the file.
SQL_FAILS = (duckdb.ProgrammingError, duckdb.DataError)


@dataclass(frozen=True)
class Opened:
    """A received batch whose file could be opened: its sheet, contract, layout, control, and where to write."""

    receipt: Receipt
    contract: Contract
    sheet: Sheet
    layout: Layout | None
    path: Path
    control: Path | None
    folder: Path

    @property
    def facts(self) -> dict[str, str]:
        """What the batch knows of itself."""
        return facts(self.receipt.slot, self.receipt.name)

    @property
    def shape(self) -> tuple[object, ...]:
        """Batches of one shape can be judged by one statement. A layout, or rows numbered already, go by themselves."""
        if self.layout or self.sheet.numbered:
            return (self.receipt.content_id,)
        return (self.contract.version, self.sheet.header, self.sheet.reader, self.sheet.odd_blanks)


def load(con: duckdb.DuckDBPyConnection, batches: Sequence[Opened], policy: Policy = STRICTEST) -> list[Summary]:
    """Judge batches of one shape, and write each one's Parquet. Raises Refused; then the batches go one by one."""
    batches, matched = _judge(con, batches)
    contract = batches[0].contract
    protected = protect(con, contract, [batch.receipt.slot for batch in batches], policy, _named(batches[0].layout))
    counts = count(con, contract, [batch.receipt.slot for batch in batches])
    periods = count_periods(con) if contract.feed == "ledger" else {}
    found = [
        _outcome(con, batch, matched, place, counts.get(place, Counts()), periods.get(place, []), protected)
        for place, batch in enumerate(batches)
    ]
    files = [batch.folder / ACCEPTED for batch in batches]
    seen = looks(con, contract, [file for file in files if file.is_file()])  # a batch with somebody's data has none
    return [replace(summary, looks=seen.get(file, ())) for summary, file in zip(found, files, strict=True)]


def refused(batch: Receipt, contract: Contract, why: Refused) -> Summary:
    """The outcome of a batch that cannot be taken at all."""
    return Summary(batch.content_id, contract.version, refused_code=why.code, refused_because=str(why))


def _judge(con: duckdb.DuckDBPyConnection, batches: Sequence[Opened]) -> tuple[Sequence[Opened], Matched]:
    """Fill the tables `judged` and `rejected`. Gives the batches as they were read. Raises Refused."""
    first, slots = batches[0], [batch.receipt.slot for batch in batches]
    if first.layout:
        matched = match_layout(first.contract, first.sheet, first.layout, first.facts)
    else:
        matched = match_canonical(first.contract, [batch.sheet for batch in batches])
    try:
        if matched.first:
            con.execute(f"CREATE OR REPLACE TEMP TABLE {AS_SENT} AS {matched.first}")
        for statement in judging.judge(first.contract, slots, matched.select, own_layout=first.layout is not None):
            con.execute(statement)
    except SQL_FAILS as error:
        if "CSV" in str(error) and not first.sheet.numbered:
            return _judge(con, [_read_closely(batches)])
        if first.layout is None:
            raise
        raise _bad_layout(error) from error
    return batches, matched


def _read_closely(batches: Sequence[Opened]) -> Opened:
    """A batch that DuckDB cannot read, read row by row. Raises Refused where that fails, or there are several."""
    if len(batches) > 1:
        raise Refused("broken_rows", "found a file among several that cannot be read. Each is read by itself.")
    batch = batches[0]
    shape = batch.layout.file if batch.layout else AS_IT_SAYS
    return replace(batch, sheet=read_sheet(batch.path, batch.folder, shape, closely=True))


def _named(layout: Layout | None) -> set[str]:
    """Columns that a layout takes from headers which name an identifier."""
    asked = layout.asked() if layout else ()
    return {one.purpose for one in asked if any(map(names_an_identifier, one.names))}


def _bad_layout(error: duckdb.Error) -> Refused:
    return Refused("bad_layout", f"the layout's SQL fails: {said_safely(error)}. Correct the layout.")


def said_safely(error: duckdb.Error) -> str:
    """What DuckDB says of a statement it cannot bind; of cells it cannot convert only the kind, it would quote them."""
    binding = isinstance(error, duckdb.BinderException | duckdb.ParserException | duckdb.CatalogException)
    return str(error).split("\n")[0] if binding else type(error).__name__


def facts(slot: Slot, name: str) -> dict[str, str]:
    """What a batch knows of itself, for layouts whose rows do not say it. A name may be a path or an address."""
    known = {"provider_code": slot.provider_code, "file_name": base_name(name)}
    if not slot.first_period:
        return known
    day = first_day(slot.first_period)
    return {
        **known,
        "financial_year": financial_year(day),
        "period": str(ledger_period(day)),
        "first_day": day.isoformat(),
    }


def _outcome(
    con: duckdb.DuckDBPyConnection,
    batch: Opened,
    matched: Matched,
    place: int,
    counts: Counts,
    periods: list[PeriodCount],
    protected: Mapping[int, Protected],
) -> Summary:
    person = protected.get(place, Protected())
    not_kept = person.why or beyond(batch.contract, counts)
    if not_kept:  # nothing of it is counted or written: even its figures may be somebody's number
        return refused(batch.receipt, batch.contract, not_kept)
    said, differences, why = _compared(con, batch, counts, periods)
    _write(con, batch, matched, judging.Member(place, batch.receipt.slot, counts.rows_before), bool(counts.rejections))
    money = bool(batch.contract.money)
    return Summary(
        content_id=batch.receipt.content_id,
        contract_version=batch.contract.version,
        rows_received=counts.received,
        rows_accepted=counts.accepted,
        rows_rejected=counts.received - counts.accepted,
        received=counts.pounds_received if money else None,
        accepted=counts.pounds_accepted if money else None,
        refused_code=why.code if why else "",
        refused_because=str(why) if why else "",
        rejections=counts.rejections,
        periods=tuple(_with_control(period, said) for period in periods),
        warnings=(*_warnings(batch, counts), *_of_layout(con, batch), *person.notes),
        columns=tuple(map(masked, batch.sheet.header)),
        differences=differences,
        year_to_date=bool(batch.layout and batch.layout.year_to_date),
    )


def _compared(
    con: duckdb.DuckDBPyConnection, batch: Opened, counts: Counts, periods: list[PeriodCount]
) -> tuple[Totals, tuple[Difference, ...], Refused | None]:
    """What a control file says, where the batch differs from it, and why it is refused, by that or a total of its own.

    A batch that is refused here is counted and written all the same: its sender is told the figures.
    """
    why = _several_months(batch)
    said: Totals = {}
    differences: tuple[Difference, ...] = ()
    try:
        said, differences = _against_control(con, batch, counts, periods)
        if batch.layout:
            check_totals(con, AS_SENT, batch.layout, File(batch.sheet.header, batch.facts))
    except Refused as found:
        why = found
    except SQL_FAILS as error:  # a total may be the layout's SQL, too
        if batch.layout is None:
            raise
        why = _bad_layout(error)
    return said, differences, mismatch(differences) if differences else why


def _several_months(batch: Opened) -> Refused | None:
    """Why the year so far is refused in one extract of several months: what is taken off is told by batch and row."""
    slot = batch.receipt.slot
    if batch.layout is None or not batch.layout.year_to_date or slot.first_period == slot.last_period:
        return None
    return Refused(
        "several_months",
        f"found {slot.period}, expected one month in each extract of a ledger that sends the year so far.",
    )


def _against_control(
    con: duckdb.DuckDBPyConnection, batch: Opened, counts: Counts, periods: list[PeriodCount]
) -> tuple[Totals, tuple[Difference, ...]]:
    """What a ledger's control file says, and where the batch differs from its own. Raises Refused."""
    if batch.control is None:
        return {}, ()
    if batch.contract.feed == "ledger":
        said = ledger_control(con, batch.control, batch.folder)
        return said, compare_periods(periods, said)
    return {}, compare_rows(counts.received, row_control(con, batch.control, batch.folder))


def _with_control(period: PeriodCount, said: Totals) -> PeriodCount:
    total = said.get((period.financial_year, period.period))
    return replace(period, control=total.amount if total else None)


def _warnings(batch: Opened, counts: Counts) -> tuple[Warned, ...]:
    found, slot = list(batch.sheet.notes), batch.receipt.slot
    if batch.contract.feed == "ledger" and batch.control is None:
        found.append(Warned("no_control", 0, "found no control file, expected one beside the extract"))
    if slot.first_period and counts.outside:
        message = f"{counts.outside:,} rows belong to a month outside {slot.period}"
        found.append(Warned("outside_period", counts.outside, message))
    if counts.far and not (batch.layout and batch.layout.year_to_date):  # there a line keeps the day it was posted on
        message = f"{counts.far:,} rows are dated more than a month from the month of their period"
        found.append(Warned("dated_far", counts.far, message))
    if counts.uncounted:
        message = (
            f"{counts.uncounted:,} rows have a measure, or an outcome of it, that no indicator counts; they are kept, "
            "for saving cases and SQL of your own"
        )
        found.append(Warned("uncounted", counts.uncounted, message))
    return tuple(found)


def _of_layout(con: duckdb.DuckDBPyConnection, batch: Opened) -> tuple[Warned, ...]:
    """What a layout left out, and references that a spreadsheet spoilt: with its line number a journal stays a key."""
    if batch.layout is None:
        return ()
    spoilt: int = 0
    if batch.contract.feed == "ledger":
        condition = f"rule_code IS NULL AND {looks_damaged('journal_id')}"
        spoilt = con.execute(f"SELECT count(*) FROM judged WHERE {condition}").fetchall()[0][0]
    message = f"{spoilt} journal numbers look like what a spreadsheet makes of a long number, 5.56E+15; they are kept"
    found = (Warned("damaged_reference", spoilt, message),) if spoilt else ()
    return (*(counted(con, AS_SENT, batch.layout) if batch.layout.leaves_out else ()), *found)


def _write(
    con: duckdb.DuckDBPyConnection, batch: Opened, matched: Matched, member: judging.Member, rejected: bool
) -> None:
    accepted = judging.accepted(batch.contract, member, batch.receipt.content_id, matched.questions)
    con.execute(f"COPY ({accepted}) TO {literal(batch.folder / ACCEPTED)} {_PARQUET}")
    if rejected:
        target = literal(batch.folder / REJECTED)
        con.execute(f"COPY ({judging.rejected(batch.contract, member)}) TO {target} {_PARQUET}")
