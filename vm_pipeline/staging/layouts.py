"""A provider's own layout, turned into the canonical columns of a contract.

Belongs here: what a layout may say, which headers it needs, and the SQL it becomes.
Does not belong here: reading `vm.toml` (settings), what follows from a header that is missing (matching).

A layout is data (JSON), received and versioned like an extract: changing it restates what it applies to.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict  # pydantic reads that of `typing` from Python 3.12 on

from vm_pipeline.keys import OneOf

ROW_NUMBER = '"row  number"'  # no header has two blanks in a row, so none is called this
BATCH_FACTS = ("provider_code", "financial_year", "period", "first_day")
_SQL_TEXT = re.compile(r"'(?:[^']|'')*'")
_SQL_NAME = re.compile(r'"((?:[^"]|"")+)"')


@dataclass(frozen=True)
class Asked:
    """A header that a layout needs, under one of its names, and what for."""

    purpose: str
    names: tuple[str, ...]
    in_sql: bool = False


class Const(TypedDict):
    """The same in every row."""

    const: str | int | float | bool
    """The same text in every row."""


class RowNumber(TypedDict):
    """The row's number."""

    row_number: Literal[True]
    """The row's number in the file."""


class BatchFact(TypedDict):
    """What the batch knows of itself."""

    batch: Annotated[str, OneOf(BATCH_FACTS)]
    """What the batch knows of itself."""


class Sql(TypedDict):
    """An expression."""

    sql: str
    """An SQL expression."""


Spec = str | Annotated[Sequence[str], Field(min_length=1)] | Const | RowNumber | BatchFact | Sql
NOTHING: Spec = {"sql": "NULL"}


@dataclass(frozen=True)
class Unpivot:
    """One row becomes one a value."""

    into: Annotated[Sequence[str], Field(min_length=2)]
    """Names of new headers: of the value's code, then of each cell it takes along."""
    values: Mapping[str, Spec | Sequence[Spec]]
    """Code → one header (or `{ sql = … }`) for each further name. A row whose first cell is empty is left out."""

    def __post_init__(self) -> None:
        """Raises ValueError where a value does not take along a cell for every name."""
        for code, taken in self.cells.items():
            if len(taken) != len(self.into) - 1:
                names = ", ".join(self.into[1:])
                raise ValueError(f"found {len(taken)} cells for unpivot value {code!r}, expected {names}.")

    @property
    def cells(self) -> dict[str, Sequence[Spec]]:
        """Code → what each further name takes."""
        return {code: one if isinstance(one, list | tuple) else [one] for code, one in self.values.items()}  # type: ignore[list-item]


@dataclass(frozen=True)
class Layout:
    """How one provider's file becomes a canonical feed.

    SQL sees headers in double quotes, trimmed, an empty cell as NULL; `{provider_code}` and other batch facts; and the
    canonical columns that stand before its own in the contract, by their names.
    """

    columns: Annotated[Mapping[str, Spec], Field(min_length=1)]
    """Canonical name → where it comes from: see below. Names beyond the contract are questions of a survey."""
    sheet: str = ""
    """Sheet of a workbook. Default: the first."""
    ignore: Sequence[str] = ()
    """Headers that are not needed; `*` stands for any text. A header that is neither used nor ignored refuses the
    batch: it may change what a row means."""
    where: str = ""
    """SQL condition on rows that belong here; the others are somebody else's (a national file)."""
    unpivot: Unpivot | None = None
    """Makes several rows of one, before `columns` are read. Not for a ledger."""
    year_to_date: bool = False
    """`true` where a ledger sends the year so far: the warehouse takes off what the month before said."""

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> "Layout":
        """The layout of a table whose shape was checked (settings, when it was read)."""
        unpivot = table.get("unpivot")
        return cls(**{**table, "unpivot": Unpivot(**unpivot) if unpivot else None})

    def to_json(self) -> str:
        """The layout as it is received: the same text for the same layout."""
        cells = {"unpivot": {"into": self.unpivot.into, "values": self.unpivot.cells}} if self.unpivot else {}
        return json.dumps(asdict(self) | cells, sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Layout":
        """The layout of a receipt."""
        return cls.of(json.loads(text))

    def asked(self) -> Iterator["Asked"]:
        """Every header it needs."""
        for name, spec in self._specs():
            if isinstance(spec, dict):
                yield from (Asked(name, (one,), in_sql=True) for one in _names_in(str(spec.get("sql", ""))))
            else:
                yield Asked(name, (spec,) if isinstance(spec, str) else tuple(spec))

    def _specs(self) -> Iterator[tuple[str, Spec]]:
        yield from self.columns.items()
        for code, taken in self.unpivot.cells.items() if self.unpivot else ():
            yield from ((code, spec) for spec in taken)
        yield "where", {"sql": self.where}

    @property
    def made(self) -> tuple[str, ...]:
        """Headers it makes itself."""
        return tuple(self.unpivot.into) if self.unpivot else ()

    def ignores(self, header: str) -> bool:
        """Whether it says that a header is not needed."""
        name = header.casefold()
        return any(name == one.casefold() or fnmatchcase(name, one.casefold()) for one in self.ignore)


def _names_in(sql: str) -> list[str]:
    """Names in double quotes in an SQL text."""
    return sorted({name.replace('""', '"') for name in _SQL_NAME.findall(_SQL_TEXT.sub("", sql))})


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: object) -> str:
    """An SQL string."""
    return "'" + str(text).replace("'", "''") + "'"


def same_name(name: str) -> str:
    """What two spellings of one header have in common: neither case nor blanks tell headers apart."""
    return " ".join(name.split()).casefold()


def header_of(names: str | Sequence[str], header: Sequence[str]) -> str | None:
    """The first of some names that is a header, as the file spells it."""
    found = {same_name(name): name for name in reversed(header)}
    wanted = [names] if isinstance(names, str) else names
    return next((found[same_name(name)] for name in wanted if same_name(name) in found), None)


def with_facts(sql: str, batch: Mapping[str, str]) -> str:
    """An SQL text with `{provider_code}` and the like written out."""
    for name, value in batch.items():
        sql = sql.replace(f"{{{name}}}", literal(value))
    return sql


def expression(spec: Spec, header: Sequence[str], batch: Mapping[str, str]) -> str:
    """The SQL of one cell. A header it needs must be there."""
    match spec:
        case {"const": value}:
            return literal(value)
        case {"row_number": True}:
            return f"{ROW_NUMBER}::VARCHAR"
        case {"batch": str(name)}:
            return literal(batch.get(name, ""))
        case {"sql": str(sql)}:
            return f"({with_facts(sql, batch)})::VARCHAR"
    return quoted(header_of(spec, header) or "")  # type: ignore[arg-type]
