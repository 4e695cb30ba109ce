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

from vm_pipeline.staging.reading.shape import AS_IT_SAYS, FileShape

Spec = str | list[str] | dict[str, object]
NOTHING: Spec = {"sql": "NULL"}

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


@dataclass(frozen=True)
class Unpivot:
    """One row becomes one a value. `into` names new headers: of the value's code, then of each cell it takes along.

    `values`: code → one header (or `{sql = "…"}`) for each further name; a row whose first cell is empty is left out.
    """

    into: Sequence[str]
    values: Mapping[str, Sequence[Spec]]


@dataclass(frozen=True)
class Layout:
    """How one provider's file becomes a canonical feed.

    `file`: how its file becomes rows, where its bytes do not say it.
    `columns`: canonical name → a header, several possible headers, `{const = "…"}`, `{row_number = true}`,
    `{batch = "provider_code" | "financial_year" | "period" | "first_day"}` or `{sql = "…"}`.
    `where`: an SQL condition on rows that belong here; the others are somebody else's (a national file).
    `unpivot`: makes several rows of one before `columns` are read. `ignore`: headers not needed, `*` for any text;
    a header that nothing uses and `ignore` does not name refuses the file: it may change what a row means.

    SQL sees headers in double quotes, trimmed, an empty cell as NULL; `{provider_code}` and other batch facts; and the
    canonical columns that stand before its own in the contract, by their names.
    """

    columns: Mapping[str, Spec]
    file: FileShape = AS_IT_SAYS
    ignore: Sequence[str] = ()
    where: str = ""
    unpivot: Unpivot | None = None

    @classmethod
    def of(cls, table: Mapping[str, object]) -> "Layout":
        """The layout of a table of settings. Raises ValueError, in words, where it cannot be one."""
        unpivot = table.get("unpivot")
        file = FileShape.of(table.get("file", {}))  # type: ignore[arg-type]
        layout = cls(**{**table, "file": file, "unpivot": _unpivot(unpivot) if unpivot else None})  # type: ignore[arg-type]
        if not layout.columns:
            raise ValueError("found no `columns`, expected canonical names and where they come from.")
        if isinstance(layout.ignore, str):
            raise ValueError(f"found ignore = {layout.ignore!r}, expected a list of headers.")
        for _, spec in layout._specs():
            _check(spec)
        return layout

    def to_json(self) -> str:
        """The layout as it is received: the same text for the same layout."""
        return json.dumps(asdict(self) | {"file": self.file.to_table()}, sort_keys=True, ensure_ascii=False)

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
        for code, taken in self.unpivot.values.items() if self.unpivot else ():
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


def _unpivot(table: object) -> Unpivot:
    if not isinstance(table, dict) or table.keys() != {"into", "values"} or len(table["into"]) < 2:  # noqa: PLR2004
        raise ValueError("found an `unpivot` without two names in `into` and a table `values`, expected both.")
    into = tuple(table["into"])
    values = {code: [one] if isinstance(one, str | dict) else list(one) for code, one in table["values"].items()}
    for code, taken in values.items():
        if len(taken) != len(into) - 1:
            raise ValueError(f"found {len(taken)} cells for unpivot value {code!r}, expected {', '.join(into[1:])}.")
    return Unpivot(into, values)


def _names_in(sql: str) -> list[str]:
    """Names in double quotes in an SQL text."""
    return sorted({name.replace('""', '"') for name in _SQL_NAME.findall(_SQL_TEXT.sub("", sql))})


def _check(spec: Spec) -> None:
    match spec:
        case str() | [str(), *_] | {"const": _} | {"row_number": True} | {"sql": str()}:
            return
        case {"batch": name} if name in BATCH_FACTS:
            return
    raise ValueError(f"found {spec!r}, expected a header, several, or one of const, row_number, batch, sql.")


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
