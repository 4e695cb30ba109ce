"""The cells of a layout as SQL: from rows under a file's own headers to canonical text, step by step.

Belongs here: the order of the steps, and the columns in which their results stand.
Does not belong here: what a step does (steps), which headers there are (matching), rows left out (leaving_out).

Every step is a column of its own in a SELECT of its own, so that a long way of steps never writes an expression twice.
Such columns begin with two blanks: no header does.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from vm_pipeline.feeds.values import TEXT, Value
from vm_pipeline.staging import steps
from vm_pipeline.staging.cells import Spec, Table, as_table, pick
from vm_pipeline.staging.naming import header_of, literal, quoted, with_facts
from vm_pipeline.staging.reading import Refused
from vm_pipeline.staging.words import PIVOT, STEPS, texts

ROW_NUMBER = '"row  number"'
_CLEANING = ("empty", "strip", "replace", "decimal", "minus", "plus")  # of debit and credit, before they are one


@dataclass(frozen=True)
class File:
    """What cells are made from: a file's headers, and what its batch knows of itself."""

    header: Sequence[str]
    batch: Mapping[str, str]

    def cell(self, names: object) -> str:
        """The cell under a header that must be there."""
        return quoted(header_of(texts(names), self.header) or "")


@dataclass(frozen=True)
class Made:
    """Columns made from rows: what to select from, and where each column's text stands there."""

    relation: str
    columns: Mapping[str, str]


Way = list[dict[str, str]]  # per SELECT, new columns and their SQL


def made(cells: Mapping[str, Spec], values: Mapping[str, Value], rows: str, file: File) -> Made:
    """Cells with steps made, side by side. A cell in SQL is left to the last SELECT, which knows the other columns."""
    ways = {name: _way(name, as_table(spec), values.get(name, TEXT), file) for name, spec in cells.items()}
    for stage in zip_longest(*ways.values(), fillvalue={}):
        new = ", ".join(f"{sql} AS {quoted(column)}" for one in stage for column, sql in one.items())
        rows = f"(SELECT *, {new} FROM {rows})"
    return Made(rows, {name: _last(way) for name, way in ways.items()})


def simple(spec: Spec, file: File) -> str:  # noqa: PLR0911 - one a source
    """The SQL of a cell without steps. A header it needs must be there."""
    match as_table(spec):
        case {"const": value}:
            return literal(value)
        case {"row_number": True}:
            return f"{ROW_NUMBER}::VARCHAR"
        case {"batch": str(name)}:
            return literal(file.batch.get(name, ""))
        case {"file_name": str(pattern)}:
            return literal(_in_name(pattern, file.batch.get("file_name", "")))
        case {"join": list(names), **rest}:
            return f" || {literal(rest.get('with', ''))} || ".join(file.cell(name) for name in names)
        case {"sql": str(sql)}:
            return f"({with_facts(sql, file.batch)})::VARCHAR"
    return file.cell(as_table(spec)["header"])


def _in_name(pattern: str, name: str) -> str:
    found = re.search(pattern, name)
    if not found or not found[1]:
        raise Refused(
            "bad_file_name",
            f"expected a file name that has {pattern!r}, found another. Rename it, or correct the layout.",
        )
    return found[1]


def _last(way: Way) -> str:
    """The column a way ends in."""
    return quoted(next(iter(way[-1])))


def _way(name: str, table: Table, value: Value, file: File) -> Way:
    """One cell from its source through its steps, in the order in which the words are declared."""
    if "debit" in table:
        way = _sides(name, table, value, file)
        table = {word: given for word, given in table.items() if word not in _CLEANING}
    else:
        way = [{f"  {name}": simple(table, file)}]
    for place, (word, given) in enumerate(pick([word.name for word in STEPS], table).items()):
        if turn := _turn(word, given, table, value, name, file):
            before = _last(way)
            kept = f"CASE WHEN starts_with({before}, {steps.FAILED}) THEN {before} ELSE {turn(before)} END"
            way.append({f"  {name} {place}": kept})
    return way


def _sides(name: str, table: Table, value: Value, file: File) -> Way:
    """Debit and credit, each cleaned by itself, then one amount."""
    cleaning = pick(_CLEANING, table)
    debit, credit = (
        _way(f"{name} {side}", {"header": table[side], **cleaning}, value, file) for side in ("debit", "credit")
    )
    way = [one | other for one, other in zip(debit, credit, strict=True)]
    return [*way, {f"  {name}": steps.of_two(*map(quoted, way[-1]))}]


def _turn(word: str, given: Any, table: Table, value: Value, column: str, file: File) -> Callable[[str], str] | None:
    """The step of a word, as a function of the SQL before it. `fill_down` is done with the rows."""
    pivot: int = table.get("pivot", PIVOT)  # type: ignore[assignment]
    turns: dict[str, Callable[[str], str]] = {
        "empty": lambda x: steps.empty(x, texts(given)),
        "strip": lambda x: steps.strip(x, texts(given)),
        "replace": lambda x: steps.replace(x, given),
        "extract": lambda x: steps.extract(x, given),
        "lookup": lambda x: steps.lookup(x, given),
        "pad": lambda x: steps.pad(x, given),
        "date": lambda x: steps.date(x, texts(given), pivot, value),
        "month": lambda x: steps.month(x, texts(given), pivot, column),
        "year": lambda x: steps.year(x, given),
        "decimal": steps.decimal,
        "minus": lambda x: steps.marked(x, texts(given), "-"),
        "plus": lambda x: steps.marked(x, texts(given), ""),
        "sign": lambda x: steps.signed(x, file.cell(given["header"]), texts(given["debit"]), texts(given["credit"])),
        "unit": lambda x: steps.unit(x, given),
        "negate": steps.negated,
        "default": lambda x: steps.default(x, given),
    }
    return turns.get(word)
