"""Headers found against headers expected: which column of the file is which column of the contract.

Belongs here: matching names, the closest name to a wrong one, the SELECT that renames.
Does not belong here: reading files (reading), judging rows (judging).
"""

import difflib
from collections import Counter
from dataclasses import dataclass

from vm_pipeline.feeds.contract import Contract, Privacy
from vm_pipeline.staging.layouts import Layout, expression, literal, quoted
from vm_pipeline.staging.parsing import text
from vm_pipeline.staging.reading import Refused, Sheet


@dataclass(frozen=True)
class Matched:
    """The SELECT that gives `row_number`, every contract column as trimmed text, and questions as q0, q1 …"""

    select: str
    questions: tuple[str, ...] = ()


def match_canonical(contract: Contract, sheet: Sheet) -> Matched:
    """Match a file in the canonical layout. Raises Refused on a missing, repeated or unknown header."""
    names = [name.casefold() for name in sheet.header]
    _refuse_repeated(names)
    _refuse_missing(contract, names)
    extra = [place for place, name in enumerate(names) if name not in contract.by_name]
    if extra and not contract.open_header:
        _refuse_unknown(contract, [sheet.header[place] for place in extra])
    cells = [
        (name, text(f"c{names.index(name)}", sheet.odd_blanks) if name in names else "NULL::VARCHAR")
        for name in contract.by_name
    ]
    questions = [place for place in extra if names[place]]
    cells += [(f"q{i}", text(f"c{place}", sheet.odd_blanks)) for i, place in enumerate(questions)]
    return Matched(_select(cells, sheet.relation), tuple(sheet.header[place] for place in questions))


def match_layout(contract: Contract, sheet: Sheet, layout: Layout, batch: dict[str, str]) -> Matched:
    """Match a file in a provider's own layout. Raises Refused as match_canonical does."""
    unpivoted: list[str] = list(layout.unpivot.get("into", []))  # type: ignore[call-overload]
    named = {
        name: text(expression(spec, sheet.header, batch, name), sheet.odd_blanks)
        for name, spec in layout.columns.items()
        if name not in unpivoted
    }
    _refuse_missing(contract, [*named, *unpivoted])
    columns = ", ".join(f"c{i} AS {quoted(name)}" for i, name in enumerate(sheet.header))
    condition = f" WHERE {layout.where}" if layout.where else ""
    relation = f"(SELECT *, {columns} FROM {sheet.relation}){condition}"
    cells = [(name, named.get(name, "NULL::VARCHAR")) for name in contract.by_name if name not in unpivoted]
    if not unpivoted:
        return Matched(_select(cells, relation))
    return Matched(_unpivot(cells, relation, unpivoted, dict(layout.unpivot["values"])))  # type: ignore[call-overload]


def _unpivot(cells: list[tuple[str, str]], relation: str, into: list[str], values: dict[str, str]) -> str:
    """One row becomes one a value; all of them keep the row number they came from."""
    pairs = ", ".join(
        f"{{'{into[0]}': {literal(code)}, '{into[1]}': ({sql})::VARCHAR}}" for code, sql in sorted(values.items())
    )
    inner = _select([*cells, ("pairs", f"[{pairs}]")], relation)
    return (
        f"SELECT * EXCLUDE (pairs, pair), pair.{into[0]} AS {into[0]}, pair.{into[1]} AS {into[1]} "
        f"FROM (SELECT *, unnest(pairs) AS pair FROM ({inner})) WHERE pair.{into[1]} IS NOT NULL"
    )


def _select(cells: list[tuple[str, str]], relation: str) -> str:
    chosen = ", ".join(f"{sql} AS {name}" for name, sql in cells)
    return f"SELECT row_number() OVER () AS row_number, {chosen} FROM {relation}"


def _refuse_repeated(names: list[str]) -> None:
    again = [name for name, times in Counter(names).items() if times > 1 and name]
    if again:
        raise Refused("repeated_header", f"found the header {again[0]!r} twice, expected every name once.")


def _refuse_missing(contract: Contract, names: list[str]) -> None:
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
        + "Correct the header and send the extract again.",
    )


def _refuse_unknown(contract: Contract, extra: list[str]) -> None:
    name = extra[0]
    close = difflib.get_close_matches(name.casefold(), list(contract.by_name), 1, 0.6)
    known = ", ".join(c.name for c in contract.columns if c.privacy is not Privacy.FREE_TEXT)
    raise Refused(
        "unknown_header",
        f"found the column {name!r}, expected only {known}. "
        + (f"The closest is {close[0]!r}. " if close else "")
        + "Correct the header and send the extract again.",
    )
