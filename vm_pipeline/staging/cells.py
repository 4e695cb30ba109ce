"""A cell of a layout: where its text comes from, the steps it takes, and whether that makes sense.

Belongs here: which words go together, and the headers a cell asks for.
Does not belong here: the words themselves (words), their SQL (steps, making), layouts as a whole (layouts).
"""

import difflib
import re
from collections.abc import Iterator, Sequence

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
    if not isinstance(spec, dict):
        if not TEXTS.fits(spec):
            raise ValueError(
                f"found {spec!r} for {column}, expected a header, several, or one of {', '.join(_ONE_SOURCE)}."
            )
        return
    for name, value in spec.items():
        _check_word(column, name, value)
    sources = [name for name in _ONE_SOURCE if name in spec]
    if len(sources) != 1:
        raise ValueError(
            f"found {spec!r} for {column}, expected a header, several, or one of {', '.join(_ONE_SOURCE)}."
        )
    _check_together(column, spec)


def _check_word(column: str, name: str, value: object) -> None:
    if name not in WORDS:
        close = difflib.get_close_matches(name, WORDS, 1)
        hint = f" The closest is {close[0]!r}." if close else ""
        raise ValueError(f"found {name!r} for {column}, expected one of {', '.join(WORDS)}.{hint}")
    takes = WORDS[name].takes
    if not takes.fits(value):
        raise ValueError(f"found {name} = {value!r} for {column}, expected {takes.words}.")


def _check_together(column: str, spec: Table) -> None:
    """Words that need another word, and those that another one rules out."""
    for word in WORDS.values():
        if word.name in spec and word.beside and not any(one in spec for one in word.beside.split(" or ")):
            raise ValueError(f"found {word.name} for {column} without {word.beside}, expected both.")
    steps = [word.name for word in STEPS if word.name in spec]
    if "debit" in spec and "credit" not in spec:
        raise ValueError(f"found debit for {column} without credit, expected both.")
    if "sql" in spec and steps:
        raise ValueError(f"found sql for {column} beside {steps[0]}, expected the SQL to do all of it.")
    if "fill_down" in spec and "header" not in spec:
        raise ValueError(f"found fill_down for {column} without header, expected both.")
    if "month" in spec and column not in _PERIOD_COLUMNS:
        raise ValueError(f"found month for {column}, expected it for {' or '.join(_PERIOD_COLUMNS)}; use date.")
    if "month" in spec and column == "financial_year" and not all(re.search("%[yY]", f) for f in texts(spec["month"])):
        raise ValueError(f"found month = {spec['month']!r} for {column}, expected forms with a year.")


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
        "oneOf": [{"required": [name]} for name in _ONE_SOURCE],
        "additionalProperties": False,
    }
    return {"anyOf": [STRING, MANY["anyOf"][1], table]}  # type: ignore[index]


def pick(words: Sequence[str], spec: Table) -> Table:
    """Some words of a cell."""
    return {name: spec[name] for name in words if name in spec}
