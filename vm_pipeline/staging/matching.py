"""Headers found against headers expected: which column of the file is which column of the contract.

Belongs here: matching names, the closest name to a wrong one, the SELECT that renames.
Does not belong here: reading files (reading), judging rows (judging).
"""

import difflib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vm_pipeline.feeds.contract import Contract, Privacy
from vm_pipeline.feeds.identifiers import has_a_shape
from vm_pipeline.staging.layouts import (
    NOTHING,
    ROW_NUMBER,
    Layout,
    Spec,
    Unpivot,
    expression,
    header_of,
    literal,
    quoted,
    same_name,
    with_facts,
)
from vm_pipeline.staging.parsing import text
from vm_pipeline.staging.reading import Refused, Sheet, relation_of

_MEND_HEADER = "Correct the header and send the extract again."
_MEND_LAYOUT = "Correct the layout of this provider."
_PIECE = '"the  piece"'  # two blanks: no header is called this
_SHOWN = 12
_NUMBER = re.compile(r"[^a-zA-Z]*[0-9][^a-zA-Z]*")


@dataclass(frozen=True)
class Matched:
    """The SELECT that gives `member`, `row_number`, every contract column as trimmed text, and questions as q0, q1 …

    `member` counts the files of one SELECT from 0; `row_number` goes on from one to the next.
    """

    select: str
    questions: tuple[str, ...] = ()


def match_canonical(contract: Contract, sheets: Sequence[Sheet]) -> Matched:
    """Match files of one shape in the canonical layout. Raises Refused on a missing, repeated or unknown header."""
    sheet = sheets[0]
    names = [name.casefold() for name in sheet.header]
    _refuse_missing(contract, names)  # first: without its header, a file's first row must not be quoted
    _refuse_repeated(names)
    extra = [place for place, name in enumerate(names) if name not in contract.by_name]
    if extra and not contract.open_header:
        _refuse_unknown(contract, [sheet.header[place] for place in extra])
    cells = [
        (name, text(f"c{names.index(name)}", sheet.odd_blanks) if name in names else "NULL::VARCHAR")
        for name in contract.by_name
    ]
    questions = [place for place in extra if names[place]]
    cells += [(f"q{i}", text(f"c{place}", sheet.odd_blanks)) for i, place in enumerate(questions)]
    return Matched(_select(cells, relation_of(sheets)), tuple(sheet.header[place] for place in questions))


def match_layout(contract: Contract, sheet: Sheet, layout: Layout, batch: Mapping[str, str]) -> Matched:
    """Match a file in a provider's own layout. Raises Refused as match_canonical does."""
    questions = tuple(name for name in layout.columns if name not in contract.by_name)
    if questions and not contract.open_header:
        _refuse_unknown(contract, list(questions), _MEND_LAYOUT)
    _refuse_missing(contract, list(layout.columns), _MEND_LAYOUT)
    _refuse_absent(contract, sheet.header, layout)
    _refuse_unused(sheet.header, layout)
    header = [*layout.made, *sheet.header]
    cells = [(name, _cell(layout.columns.get(name, NOTHING), header, batch)) for name in contract.by_name]
    cells += [(f"q{i}", _cell(layout.columns[name], header, batch)) for i, name in enumerate(questions)]
    return Matched(_select(cells, _rows(sheet, layout, batch), ROW_NUMBER, "0"), questions)


def _cell(spec: Spec, header: Sequence[str], batch: Mapping[str, str]) -> str:
    """One trimmed cell: a header's was trimmed with its row, a computed one may still be blank."""
    found = expression(spec, header, batch)
    return text(found, odd_blanks=False) if isinstance(spec, dict) else found


def _rows(sheet: Sheet, layout: Layout, batch: Mapping[str, str]) -> str:
    """The rows that belong here, under the file's own headers, with the row numbers of the file."""
    places = {name: place for place, name in enumerate(sheet.header) if name}
    cells = [f"{text(f'c{place}', sheet.odd_blanks)} AS {quoted(name)}" for name, place in places.items()]
    rows = f"(SELECT {', '.join([f'row_number() OVER () AS {ROW_NUMBER}', *cells])} FROM {sheet.relation})"
    if layout.where:
        rows = f"(SELECT * FROM {rows} WHERE {with_facts(layout.where, batch)})"
    return _unpivoted(rows, layout.unpivot, list(places), batch) if layout.unpivot else rows


def _unpivoted(rows: str, unpivot: Unpivot, header: Sequence[str], batch: Mapping[str, str]) -> str:
    """One row becomes one a value; all of them keep the row number they came from."""
    code, first, *_ = made = [quoted(name) for name in unpivot.into]
    pieces = ", ".join(
        _struct(made, [literal(value), *(_cell(spec, header, batch) for spec in taken)])
        for value, taken in sorted(unpivot.cells.items())
    )
    kept = [ROW_NUMBER, *(quoted(name) for name in header if header_of(name, unpivot.into) is None)]
    kept += [f"{_PIECE}.{name} AS {name}" for name in (code, *made[1:])]
    return (
        f"(SELECT {', '.join(kept)} FROM (SELECT *, unnest([{pieces}]) AS {_PIECE} FROM {rows}) "
        f"WHERE {_PIECE}.{first} IS NOT NULL)"
    )


def _struct(names: Sequence[str], cells: Sequence[str]) -> str:
    return "{" + ", ".join(f"{name}: {cell}" for name, cell in zip(names, cells, strict=True)) + "}"


def _select(
    cells: list[tuple[str, str]], relation: str, row_number: str = "row_number() OVER ()", member: str = "file_index"
) -> str:
    chosen = ", ".join(f"{sql} AS {name}" for name, sql in cells)
    return f"SELECT {row_number} AS row_number, {member} AS member, {chosen} FROM {relation}"


def _refuse_absent(contract: Contract, header: Sequence[str], layout: Layout) -> None:
    """Every header a layout asks for must be in the file; all that are not are said at once."""
    absent = [
        f"{' or '.join(map(repr, asked.names))} (for {asked.purpose}{_closest(asked.names[0], header)})"
        for asked in layout.asked()
        if header_of(asked.names, [*header, *layout.made, *(contract.by_name if asked.in_sql else ())]) is None
    ]
    if absent:
        raise Refused(
            "missing_header",
            f"expected the header {', '.join(absent)}; found {_found(header, layout)}. "
            "Correct the extract, or the layout of this provider.",
        )


def _found(header: Sequence[str], layout: Layout) -> str:
    """The headers found; where the first line is a row, because the file has no header, it is not told."""
    asked = {same_name(name) for one in layout.asked() for name in one.names}
    if any(same_name(name) in asked for name in header) or not any(map(_NUMBER.fullmatch, header)):
        return _shown(header)
    return f"a first line of {len(header)} cells with numbers among them, which seems to be a row"


def _refuse_unused(header: Sequence[str], layout: Layout) -> None:
    """A header the layout says nothing of may change what a row means; one it uses must be there once."""
    used = {same_name(header_of(asked.names, header) or "") for asked in layout.asked()}
    _refuse_repeated([same_name(name) for name in header if same_name(name) in used])
    unknown = [name for name in header if name and same_name(name) not in used and not layout.ignores(name)]
    if unknown:
        raise Refused(
            "unknown_header",
            f"found the column {', '.join(map(repr, unknown[:_SHOWN]))}{' …' if len(unknown) > _SHOWN else ''}, "
            "which the layout neither uses nor ignores: it may make a row mean something else. "
            "Add it to `columns` or `ignore` of the layout, or correct the extract.",
        )


def _closest(name: str, header: Sequence[str]) -> str:
    close = difflib.get_close_matches(same_name(name), [same_name(one) for one in header], 1, 0.5)
    return f"; the closest is {header_of(close, header)!r}" if close else ""


def _shown(header: Sequence[str]) -> str:
    """Headers in a message. One that may be a cell, of a file without headers, is not told."""
    rest = f" … ({len(header)} in all)" if len(header) > _SHOWN else ""
    return ", ".join("?" if has_a_shape(name) else name for name in header[:_SHOWN]) + rest


def _refuse_repeated(names: list[str]) -> None:
    again = [name for name, times in Counter(names).items() if times > 1 and name]
    if again:
        raise Refused("repeated_header", f"found the header {again[0]!r} twice, expected every name once.")


def _refuse_missing(contract: Contract, names: list[str], remedy: str = _MEND_HEADER) -> None:
    absent = [name for name in contract.required if name not in names]
    if not absent:
        return
    unknown = [name for name in names if name not in contract.by_name]
    close = [(name, difflib.get_close_matches(name, unknown, 1, 0.6)) for name in absent]
    hints = "; ".join(f"{found[0]!r} is the closest to {name!r}" for name, found in close if found)
    raise Refused(
        "missing_header",
        f"found no column {', '.join(map(repr, absent))}; expected {', '.join(contract.required)}. "
        + (f"{hints[0].upper()}{hints[1:]}. " if hints else "")
        + remedy,
    )


def _refuse_unknown(contract: Contract, extra: list[str], remedy: str = _MEND_HEADER) -> None:
    name = extra[0]
    close = difflib.get_close_matches(name.casefold(), list(contract.by_name), 1, 0.6)
    known = ", ".join(c.name for c in contract.columns if c.privacy is not Privacy.FREE_TEXT)
    raise Refused(
        "unknown_header",
        f"found the column {name!r}, expected only {known}. "
        + (f"The closest is {close[0]!r}. " if close else "")
        + remedy,
    )
