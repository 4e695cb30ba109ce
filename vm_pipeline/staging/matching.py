"""Headers found against headers expected: which column of the file is which column of the contract.

Belongs here: matching names, the closest name to a wrong one, the SELECT that renames.
Does not belong here: reading files (reading), judging rows (judging).
"""

import difflib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vm_pipeline.feeds.contract import DAMAGED_CODE, UNMADE_CELL, Contract, Privacy
from vm_pipeline.feeds.identifiers import has_a_shape, is_masked
from vm_pipeline.feeds.values import CODE, LOWER_CODE, TEXT, TEXTS, Value
from vm_pipeline.staging.cells import Spec, has_steps
from vm_pipeline.staging.layouts import NOTHING, Layout, Unpivot
from vm_pipeline.staging.leaving_out import LEFT_OUT_BY, numbered
from vm_pipeline.staging.making import ROW_NUMBER, File, made, simple
from vm_pipeline.staging.naming import header_of, literal, quoted, same_name
from vm_pipeline.staging.parsing import text, trimmed
from vm_pipeline.staging.reading import Refused, Sheet, relation_of
from vm_pipeline.staging.steps import FAILED

_MEND_HEADER = "Correct the header and send the extract again."
_MEND_LAYOUT = "Correct the layout of this provider."
AS_SENT = "as_sent"
_PIECE, _PLACE = '"the  piece"', '"its  place"'  # two blanks: no header is called this
_DAMAGED = "[0-9]([.][0-9]+)?E[+][0-9]+"  # `12E345` as Excel shows it when it took it for a number
_SHOWN = 12
_DIGITS = 5
_WHO = (Privacy.IDENTIFIER, Privacy.PSEUDONYM)  # these tell records apart by themselves
_NEAR = 0.75


@dataclass(frozen=True)
class Matched:
    """The SELECT that gives `member`, `row_number`, every contract column as trimmed text, and questions as q0, q1 …

    `member` counts the files of one SELECT from 0; `row_number` goes up by one within each. With a layout there is
    `layout_rule` too, the rule by which a cell could not be made. `first`: rows that are kept as the table `as_sent`
    first, because what is left out of them is counted.
    """

    select: str
    questions: tuple[str, ...] = ()
    first: str = ""


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
    _refuse_personal([sheet.header[place] for place in questions])
    cells += [(f"q{i}", text(f"c{place}", sheet.odd_blanks)) for i, place in enumerate(questions)]
    return Matched(_select(cells, relation_of(sheets), "row_number"), tuple(sheet.header[place] for place in questions))


def match_layout(contract: Contract, sheet: Sheet, layout: Layout, batch: Mapping[str, str]) -> Matched:
    """Match a file in a provider's own layout. Raises Refused as match_canonical does."""
    questions = tuple(name for name in layout.columns if name not in contract.by_name)
    if questions and not contract.open_header:
        _refuse_unknown(contract, list(questions), _MEND_LAYOUT)
    _refuse_missing(contract, list(layout.columns), _MEND_LAYOUT)
    layout = layout.for_header(sheet.header)
    _refuse_absent(contract, sheet.header, layout)
    _refuse_unused(sheet.header, layout)
    header = _needed(sheet.header, layout)
    places = {name: place for place, name in enumerate(sheet.header) if name in header}
    cells = [f"{text(f'c{place}', sheet.odd_blanks)} AS {quoted(name)}" for name, place in places.items()]
    file = File(header, batch)
    rows = numbered([f"row_number AS {ROW_NUMBER}", *cells], sheet.relation, layout, file)
    first, rows = (rows, AS_SENT) if layout.leaves_out else ("", rows)
    rows = _unpivoted(f"(SELECT * FROM {rows} WHERE {LEFT_OUT_BY} IS NULL)", layout.unpivot, contract, file)
    return Matched(
        _canonical(contract, layout, questions, rows, File([*layout.made, *header], batch)), questions, first
    )


def _needed(header: Sequence[str], layout: Layout) -> list[str]:
    """Headers that cells are made from. All where there is SQL: with thousands of columns, DuckDB plans for minutes."""
    asked = {same_name(name) for one in layout.asked() for name in one.names}
    return [name for name in header if name and (layout.has_sql or same_name(name) in asked)]


def _canonical(contract: Contract, layout: Layout, questions: Sequence[str], rows: str, file: File) -> str:
    """The SELECT of canonical text from rows under their headers."""
    specs = {name: layout.columns.get(name, NOTHING) for name in (*contract.by_name, *questions)}
    values = {name: column.value for name, column in contract.by_name.items()}
    stepped = made({name: spec for name, spec in specs.items() if has_steps(spec)}, values, rows, file)
    cells = [
        (
            f"q{questions.index(name)}" if name in questions else name,
            _cell(spec, stepped.columns.get(name), values.get(name, TEXT), file),
        )
        for name, spec in specs.items()
    ]
    made_texts = [name for name in stepped.columns if values.get(name, TEXT) in TEXTS]
    unmade = [f"starts_with({stepped.columns[name]}, {FAILED})" for name in made_texts]
    rule = f"CASE WHEN {' OR '.join(unmade)} THEN {literal(UNMADE_CELL.code)} END" if unmade else "NULL"
    return _undamaged(_select([*cells, ("layout_rule", rule)], stepped.relation, ROW_NUMBER, "0"), contract)


def _undamaged(select: str, contract: Contract) -> str:
    """Rows of which no code looks like a number that a spreadsheet made of it; the others have a rule."""
    codes = [one.name for one in contract.columns if one.value in (CODE, LOWER_CODE) or one.privacy in _WHO]
    damaged = " OR ".join(f"({looks_damaged(name)})" for name in codes)
    rule = f"coalesce(layout_rule, CASE WHEN {damaged} THEN {literal(DAMAGED_CODE.code)} END)"
    return f"SELECT * REPLACE ({rule} AS layout_rule) FROM ({select})" if codes else select


def looks_damaged(name: str) -> str:
    """SQL condition: a text looks like a number that a spreadsheet made of it."""
    return f"contains({name}, 'E+') AND regexp_full_match({name}, '{_DAMAGED}')"


def _cell(spec: Spec, column: str | None, value: Value, file: File) -> str:
    """One trimmed cell: a header's was trimmed with its row, a computed one may still be blank."""
    if column is None:
        found = simple(spec, file)
        return trimmed(found) if isinstance(spec, dict) else found
    return trimmed(f"ltrim({column}, {FAILED})" if value in TEXTS else column)


def _unpivoted(rows: str, unpivot: Unpivot | None, contract: Contract, file: File) -> str:
    """One row becomes one a value. Rows that may be each other's duplicates are numbered anew, others keep theirs."""
    if not unpivot:
        return rows
    code, *_ = names = [quoted(name) for name in unpivot.into]
    pieces = ", ".join(
        _struct([*names, _PLACE], [literal(value), *(_piece(spec, file) for spec in taken), str(place)])
        for place, (value, taken) in enumerate(unpivot.cells.items(), 1)
    )
    number = f"({ROW_NUMBER} - 1) * {len(unpivot.cells)} + {_PIECE}.{_PLACE}" if contract.duplicates else ROW_NUMBER
    kept = [
        f"{number} AS {ROW_NUMBER}",
        *(quoted(name) for name in file.header if name and header_of(name, unpivot.into) is None),
    ]
    kept += [f"{_PIECE}.{name} AS {name}" for name in (code, *names[1:])]
    return (
        f"(SELECT {', '.join(kept)} FROM (SELECT *, unnest([{pieces}]) AS {_PIECE} FROM {rows}) "
        f"WHERE {' OR '.join(f'{_PIECE}.{name} IS NOT NULL' for name in _telling(unpivot, contract))})"
    )


def _telling(unpivot: Unpivot, contract: Contract) -> list[str]:
    """New headers of which one must hold something, or there is no row: the first; of money, any that comes from cells.

    A line of whole-time equivalents without an amount must be rejected by its rule, and not be left out.
    """
    first, *others = unpivot.into[1:]
    if not contract.money:
        return [quoted(first)]
    by_name = zip(others, list(zip(*unpivot.values.values(), strict=True))[1:], strict=True)
    return [quoted(first), *(quoted(name) for name, cells in by_name if not any(isinstance(c, dict) for c in cells))]


def _piece(spec: Spec, file: File) -> str:
    found = simple(spec, file)
    return trimmed(found) if isinstance(spec, dict) else found


def _struct(names: Sequence[str], cells: Sequence[str]) -> str:
    return "{" + ", ".join(f"{name}: {cell}" for name, cell in zip(names, cells, strict=True)) + "}"


def _select(cells: list[tuple[str, str]], relation: str, row_number: str, member: str = "file_index") -> str:
    chosen = ", ".join(f"{sql} AS {name}" for name, sql in cells)
    return f"SELECT {row_number} AS row_number, {member} AS member, {chosen} FROM {relation}"


def _refuse_absent(contract: Contract, header: Sequence[str], layout: Layout) -> None:
    """Every header a layout asks for must be in the file; all that are not are said at once."""
    told = header if _is_header(header, layout) else ()
    absent = [
        f"{' or '.join(map(repr, asked.names))} (for {asked.purpose}{_closest(asked.names[0], told)})"
        for asked in layout.asked()
        if header_of(asked.names, [*header, *layout.made, *(contract.by_name if asked.in_sql else ())]) is None
    ]
    if layout.unpivot and not layout.unpivot.values:
        absent += [f"like {pattern!r} (for unpivot)" for pattern in layout.unpivot.patterns]
    if absent:
        raise Refused(
            "missing_header",
            f"expected the header {', '.join(absent)}; found {_shown(told) or _untold(header)}. "
            "Correct the extract, or the layout of this provider.",
        )


def _is_header(header: Sequence[str], layout: Layout) -> bool:
    """Whether a first line has a header that the layout asks for, or one near it. Any other may be a row, or a title:
    somebody's cells, which no message may quote.
    """
    asked = [same_name(name) for one in layout.asked() for name in one.names]
    return any(difflib.get_close_matches(same_name(name), asked, 1, _NEAR) for name in header if name)


def _untold(header: Sequence[str]) -> str:
    return f"a first line of {len(header)} cells with none of these, nor one near them: it may be a row"


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
    return ", ".join("?" if _may_be_somebodys(name) else name for name in header[:_SHOWN]) + rest


def _may_be_somebodys(name: str) -> bool:
    """`NumberOver12HoursEpisode` has the shape of a postcode within a word, and few digits; a telephone number many."""
    return is_masked(name) or (has_a_shape(name) and sum(map(str.isdigit, name)) >= _DIGITS)


def _refuse_personal(questions: Sequence[str]) -> None:
    """A question is told everywhere, so it must be nobody's number or address."""
    found = [name for name in questions if is_masked(name)]
    if found:
        raise Refused(
            "personal_data",
            f"found {len(found)} headers that look like identifiers of people, expected questions. Take these columns "
            "out, or correct the header, and send the extract again.",
        )


def _refuse_repeated(names: list[str]) -> None:
    again = [name for name, times in Counter(names).items() if times > 1 and name]
    if again:
        raise Refused(
            "repeated_header",
            f"found the header {again[0]!r} twice, expected every name once. Take one out, or rename it.",
        )


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
