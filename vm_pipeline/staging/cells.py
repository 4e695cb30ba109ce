"""A cell of a layout: where its text comes from, the steps it takes, and whether that makes sense.

Belongs here: which words go together, and the headers a cell asks for.
Does not belong here: the words themselves (words), their SQL (steps, making), layouts as a whole (layouts).
"""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic_core import CoreSchema, core_schema

from vm_pipeline.staging.words import MANY, SOURCES, STEPS, STRING, TEXTS, WORDS, texts

Table = dict[str, object]
Spec = str | list[str] | Table

_PERIOD_COLUMNS = ("financial_year", "period")
_MAKING = {*(word.name for word in STEPS), "debit"}
_ONE_SOURCE = tuple(word.name for word in SOURCES if not word.beside)


def as_table(spec: Spec) -> Table:
    """A cell with its source by name: a header, or a list of them, may stand alone."""
    return spec if isinstance(spec, dict) else {"header": spec}


def check(column: str, spec: object) -> None:
    """Raises ValueError, in words, where a cell makes no sense for that canonical column."""
    try:
        check_cell(spec)
    except ValueError as error:
        raise ValueError(f"in {column}: {error}") from error
    if isinstance(spec, dict) and "month" in spec:
        _check_month(column, spec)


def check_cell(spec: object) -> None:
    """Raises ValueError, in words, where a cell makes no sense for any column."""
    expected = f"expected a header, several, or one of {', '.join(_ONE_SOURCE)}."
    if not isinstance(spec, dict):
        if not TEXTS.fits(spec):
            raise ValueError(f"found {spec!r}, {expected}")
        return
    for name, value in spec.items():
        _check_word(name, value)
    if len([name for name in _ONE_SOURCE if name in spec]) != 1:
        raise ValueError(f"found {{ {', '.join(spec)} }}, {expected}")
    _check_together(spec)


def _check_word(name: str, value: object) -> None:
    if name not in WORDS:
        close = difflib.get_close_matches(name, WORDS, 1)
        hint = f" The closest is {close[0]!r}." if close else ""
        raise ValueError(f"found {name!r}, expected one of {', '.join(WORDS)}.{hint}")
    takes = WORDS[name].takes
    if not takes.fits(value):
        raise ValueError(f"found {name} = {value!r}, expected {takes.words}.")


def _check_together(spec: Table) -> None:
    """Words that need another word, and those that another one rules out."""
    for word in WORDS.values():
        if word.name in spec and word.beside and not any(one in spec for one in word.beside.split(" or ")):
            raise ValueError(f"found {word.name} without {word.beside}, expected both.")
    steps = [word.name for word in STEPS if word.name in spec]
    if "debit" in spec and "credit" not in spec:
        raise ValueError("found debit without credit, expected both.")
    if "sql" in spec and steps:
        raise ValueError(f"found sql beside {steps[0]}, expected the SQL to do all of it.")
    if "fill_down" in spec and "header" not in spec:
        raise ValueError("found fill_down without header, expected both.")


def _check_month(column: str, spec: Table) -> None:
    if column not in _PERIOD_COLUMNS:
        raise ValueError(f"in {column}: found month, expected it for {' or '.join(_PERIOD_COLUMNS)}; use date.")
    if column == "financial_year" and not all(re.search("%[yY]", form) for form in texts(spec["month"])):
        raise ValueError(f"in {column}: found month = {spec['month']!r}, expected forms with a year.")


def has_steps(spec: Spec) -> bool:
    """Whether a cell is more than a header, a fact or an SQL text."""
    return isinstance(spec, dict) and bool(spec.keys() & _MAKING)


def headers(spec: Spec) -> Iterator[tuple[str, ...]]:
    """Every header a cell asks for, each under its possible names. Those in SQL are not told."""
    table = as_table(spec)
    for name in ("header", "debit", "credit"):
        if name in table:
            yield tuple(texts(table[name]))
    for one in texts(table.get("join", [])):
        yield (one,)
    sign = table.get("sign")
    if isinstance(sign, dict):
        yield tuple(texts(sign["header"]))


def cell_schema() -> Table:
    """JSON schema of one cell."""
    table = {
        "type": "object",
        "properties": {name: {**word.takes.schema, "description": word.says} for name, word in WORDS.items()},
        "allOf": [{"oneOf": [{"required": [name]} for name in _ONE_SOURCE]}],
        "additionalProperties": False,
    }
    return {"anyOf": [STRING, MANY["anyOf"][1], table]}  # type: ignore[index]


@dataclass(frozen=True)
class _Checked:
    """How settings check a cell when they are read, and what the schema for editors says of it."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(_as_it_is)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: Any) -> Table:
        return cell_schema()


def _as_it_is(spec: Any) -> Any:
    check_cell(spec)
    return spec


Cell = Annotated[Any, _Checked()]
"""A key of settings that holds a cell."""


def pick(words: Sequence[str], spec: Table) -> Table:
    """Some words of a cell."""
    return {name: spec[name] for name in words if name in spec}
