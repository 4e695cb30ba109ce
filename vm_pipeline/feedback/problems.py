"""Every problem of one batch, one a line: where it is, what was found, what was expected, what to do.

Belongs here: what staging keeps of a batch, put into words for its sender.
Does not belong here: what of a cell may be shown (showing), the file (spreadsheet), which batches have one (reports).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import duckdb

from vm_pipeline.feedback.refusals import advice, remedy
from vm_pipeline.feedback.showing import EMPTY, NOT_SHOWN, shown
from vm_pipeline.feeds.contract import LAYOUT_RULES, Column, Contract, Fault, Privacy, Rule
from vm_pipeline.sources.receipts import Slot
from vm_pipeline.staging.layouts import Layout
from vm_pipeline.staging.naming import header_of, literal
from vm_pipeline.staging.reading import readable
from vm_pipeline.staging.summary import Difference, Summary

HEADER = ("row", "column", "what follows", "rule", "found", "expected", "what to do")
_REFUSED, _REJECTED, _NOTED = "the file does not count", "the row does not count", "a note: nothing is left out"
_PIECE = 10_000
Rejected = tuple[int, int | None, list[dict[str, str]] | None, dict[str, str | None]]
"""A rejected row: its number, the row that counts instead, its faults, texts by column."""


@dataclass(frozen=True)
class Problem:
    """One line. `row` counts from 1 below the header, None for what concerns the whole file.

    `column` is the header of the file as the sender spells it.
    """

    row: int | None
    column: str
    follows: str
    rule: str
    found: str
    expected: str
    remedy: str

    @property
    def cells(self) -> tuple[object, ...]:
        """Its cells, in the order of HEADER."""
        return self.row, self.column, self.follows, self.rule, self.found, self.expected, self.remedy


@dataclass(frozen=True)
class Batch:
    """What is known of one batch: its summary, contract, layout if it has one, and its rejected rows if there are."""

    slot: Slot
    summary: Summary
    contract: Contract
    layout: Layout | None
    rejected: Path

    @cached_property
    def headers(self) -> dict[str, str]:
        """Each column of the contract as the header of the file spells it: asked for with every problem."""
        return {
            column.name: sent_as(column.name, self.summary.columns, self.layout) for column in self.contract.columns
        }


def problems(batch: Batch, rejected: Iterable[Rejected]) -> Iterator[Problem]:
    """What concerns the whole file first, then row by row; of a row every rule that it breaks."""
    yield from _of_file(batch.summary)
    yield from _of_rows(batch, rejected)


def with_rejected(
    batches: Iterable[Batch], con: duckdb.DuckDBPyConnection
) -> Iterator[tuple[Batch, Iterable[Rejected]]]:
    """Each batch with its rejected rows by number, to be taken before the next batch is.

    All batches of a contract are asked at once: to open a file by itself takes longer than to read a thousand rows.
    """
    alike: dict[tuple[str, str], dict[str, Batch]] = defaultdict(dict)
    for batch in batches:
        if batch.rejected.is_file():
            alike[batch.contract.feed, batch.contract.version][str(batch.rejected)] = batch
        else:
            yield batch, ()
    for by_path in alike.values():
        con.execute(_select([*by_path.values()]))
        for path, rows in groupby(_fetched(con), key=itemgetter(0)):
            yield by_path[path], (row[1:] for row in rows)


def _fetched(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while rows := con.fetchmany(_PIECE):
        yield from rows


def _of_file(summary: Summary) -> Iterator[Problem]:
    code = summary.refused_code
    if summary.differences:
        yield from (_difference(one) for one in summary.differences)
    elif code:
        yield Problem(None, "", _REFUSED, code, summary.refused_because, "", remedy(code))
    for note in summary.warnings:
        yield Problem(None, "", _NOTED, note.code, note.message, "", advice(note.code))


def _difference(one: Difference) -> Problem:
    rule = "control_mismatch"
    if one.amount is None or one.control_amount is None:
        found, expected = f"{one.rows} rows", f"{one.control_rows} rows, as the control file says"
        gap = f"difference {one.rows - one.control_rows} rows"
    else:
        where = f"year {one.financial_year or '(empty)'}, period {one.period or '(empty)'}: "
        found = f"{where}{one.rows} rows, total £{one.amount:,.2f}"
        expected = f"{one.control_rows} rows, total £{one.control_amount:,.2f}, as the control file says"
        gap = f"difference {one.rows - one.control_rows} rows, £{one.amount - one.control_amount:,.2f}"
    return Problem(None, "", _REFUSED, rule, found, f"{expected} ({gap})", remedy(rule))


def _of_rows(batch: Batch, rejected: Iterable[Rejected]) -> Iterator[Problem]:
    rules = (*LAYOUT_RULES, *batch.contract.rules)
    faults = {(rule.code, _name(batch.contract, fault)): (rule, fault) for rule in rules for fault in rule.faults}
    for number, duplicate_of, found, texts in rejected:
        if duplicate_of is not None:
            yield _duplicate(batch, number, duplicate_of)
        for one in found or ():
            rule, fault = faults[one["rule_code"], one["column"]]
            yield _fault(batch, number, rule, fault, texts.get(one["column"]))


def _name(contract: Contract, fault: Fault) -> str:
    """The column of a fault, as it is sent; empty where it is not known."""
    return contract.by_stored[fault.column].name if fault.column else ""


def _select(batches: Sequence[Batch]) -> str:
    """File, row number, the row that counts instead, faults, and the text of the columns that may be shown."""
    contract = batches[0].contract
    names = dict.fromkeys(_name(contract, fault) for _, fault in contract.faults)
    open_ = [name for name in names if contract.by_name[name].privacy is Privacy.OPEN]
    texts = ", ".join(f"{literal(name)}: {name}" for name in open_)
    files = ", ".join(readable(batch.rejected) for batch in batches)
    return (
        f"SELECT filename, row_number, duplicate_of, faults, {{{texts}}} "
        f"FROM read_parquet([{files}], filename = true, union_by_name = true) ORDER BY filename, row_number"
    )


def _fault(batch: Batch, number: int, rule: Rule, fault: Fault, text: str | None) -> Problem:
    column = batch.contract.by_stored.get(fault.column)
    found = _found(column, fault, text) if column else NOT_SHOWN
    spelling = column.value.spelling.replace("`", "") if column else ""
    expected = fault.expected.replace("{batch_provider}", batch.slot.provider_code) or spelling
    return Problem(
        number,
        batch.headers[column.name] if column else "",
        _REJECTED,
        rule.code,
        found,
        f"a value: {expected}" if found is EMPTY else expected,
        rule.remedy,
    )


def _found(column: Column, fault: Fault, text: str | None) -> str:
    if text is not None:
        return shown(column, text)
    return NOT_SHOWN if "_sent IS NOT NULL" in fault.when else EMPTY


def _duplicate(batch: Batch, number: int, duplicate_of: int) -> Problem:
    told = batch.contract.duplicates
    key = told.key if told else ()
    headers = [batch.headers[name] for name in key]
    return Problem(
        number,
        " + ".join(filter(None, headers)),
        _REJECTED,
        "duplicate",
        f"the same as in row {duplicate_of}, which counts",
        "a key that no other row has",
        told.remedy if told else "",
    )


def sent_as(name: str, header: Sequence[str], layout: Layout | None) -> str:
    """A canonical column as the file's header spells it; several where a layout makes it of several, or none."""
    if layout is None:
        return header_of(name, header) or name
    asked = [header_of(one.names, header) for one in layout.asked() if one.purpose == name]
    return " + ".join(filter(None, asked))
