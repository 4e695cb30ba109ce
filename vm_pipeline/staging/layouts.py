"""A provider's own layout: what it may say, read from settings or from a receipt.

Belongs here: the parts of a layout, whether they make sense, and which headers they need.
Does not belong here: the words of one cell (cells), the SQL a layout becomes (making, leaving_out), reading `vm.toml`
(settings), what follows from a header that is missing (matching).

A layout is data (JSON), received and versioned like an extract: changing it restates what it applies to.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import Field

from vm_pipeline.staging.cells import Cell, Spec, as_table, check, has_steps, headers
from vm_pipeline.staging.naming import header_of
from vm_pipeline.staging.reading.shape import AS_IT_SAYS, FileShape
from vm_pipeline.staging.words import is_for_cells, texts

LAYOUT_VERSION = 2  # raise it when the same layout would read the same file differently
NOTHING: Spec = {"sql": "NULL"}
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
    """One row becomes one a value."""

    into: Annotated[Sequence[str], Field(min_length=2)]
    """Names of new headers: of the value's code, then of each cell it takes along."""
    values: Mapping[str, Cell | Sequence[Cell]] = field(default_factory=dict)
    """Code → one header (or another cell without steps) for each further name. A row whose first cell is empty is left
    out; of a ledger, one of which no cell holds anything."""
    values_like: str | Sequence[str] = ()
    """Instead of `values`: one pattern of headers for each further name, whose first group is the code."""

    def __post_init__(self) -> None:
        """Raises ValueError, in words, where nobody can say what becomes of a row."""
        if bool(self.values) == bool(self.values_like):
            raise ValueError("found an `unpivot` without `values` or `values_like`, expected one of them.")
        if any(has_steps(cell) for cells in self.cells.values() for cell in cells):
            raise ValueError(
                "found steps in `values` of an unpivot, expected them in `columns`, for the headers it makes."
            )
        lengths = {code: len(cells) for code, cells in self.cells.items()} or {"values_like": len(self.patterns)}
        for code, length in lengths.items():
            if length != len(self.into) - 1:
                names = ", ".join(self.into[1:])
                raise ValueError(f"found {length} cells for unpivot value {code!r}, expected {names}.")
        for pattern in self.patterns:
            _check_pattern("values_like", pattern, groups=1)

    @property
    def cells(self) -> dict[str, list[Spec]]:
        """Code → what each further name takes."""
        listed: dict[str, Any] = {**self.values}
        return {code: list(one) if isinstance(one, list | tuple) else [one] for code, one in listed.items()}

    @property
    def patterns(self) -> list[str]:
        """One pattern of headers for each further name."""
        return texts(self.values_like)

    def of_header(self, header: Sequence[str]) -> "Unpivot":
        """With the headers that the patterns find in a file, in the file's order. They may find none."""
        if not self.patterns:
            return replace(self, values=dict(sorted(self.values.items())))
        found = [{match[1]: name for name in header if (match := re.search(one, name))} for one in self.patterns]
        codes = [code for code in found[0] if all(code in one for one in found)]
        values = {code: [one[code] for one in found] for code in codes}
        return replace(self, values=values, values_like=() if values else self.values_like)


@dataclass(frozen=True)
class Skip:
    """Rows that are left out, and counted: totals, page headings. All conditions that are given must hold."""

    name: str
    """What they are, as the summary of a batch says it."""
    header: str | Sequence[str] = ""
    """The header of a cell that `matches` looks at."""
    matches: str = ""
    """A pattern searched for in that cell."""
    blank: Sequence[str] = ()
    """Headers under which nothing stands."""
    sql: str = ""
    """A condition in SQL."""
    heading: bool = False
    """Whether its cells still fill down."""
    check_total: Cell | None = None
    """A cell of the rows left out whose sum must be that of the rows kept, or the batch is refused."""

    def __post_init__(self) -> None:
        """Raises ValueError, in words, where there is no whole condition."""
        if bool(self.header) != bool(self.matches) or not (self.header or self.blank or self.sql):
            raise ValueError(
                f"found no whole condition in skip {self.name!r}, "
                "expected `header` and `matches`, or `blank`, or `sql`."
            )
        _check_pattern(f"matches of skip {self.name!r}", self.matches)
        if not is_for_cells(self.matches):
            raise ValueError(
                f"found matches = {self.matches!r} in skip {self.name!r}, expected a pattern that does not look ahead "
                "or behind. Say what the rows have in common, or use `sql`."
            )

    def asked(self) -> Iterator[Asked]:
        """Headers it needs."""
        purpose = f"skip {self.name}"
        if self.header:
            yield Asked(purpose, tuple(texts(self.header)))
        yield from (Asked(purpose, (one,)) for one in self.blank)
        yield from (Asked(purpose, (one,), in_sql=True) for one in names_in(self.sql))
        if self.check_total:
            yield from _asked(purpose, self.check_total)


@dataclass(frozen=True)
class Layout:
    """How one provider's file becomes a canonical feed.

    SQL sees headers in double quotes, trimmed, an empty cell as NULL; `{provider_code}` and other batch facts; and the
    canonical columns that stand before its own in the contract, by their names.
    """

    columns: Annotated[Mapping[str, Cell], Field(min_length=1)]
    """Canonical name → where it comes from: see below. Names beyond the contract are questions of a survey."""
    file: FileShape = AS_IT_SAYS
    """How its file becomes rows, where its bytes do not say it."""
    ignore: Sequence[str] = ()
    """Headers that are not needed; `*` stands for any text. A header that is neither used nor ignored refuses the
    batch: it may change what a row means."""
    where: str = ""
    """SQL condition on rows that belong here; the others are somebody else's (a national file), and are counted."""
    skip: Sequence[Skip] = ()
    """Rules for rows that are none: totals, page headings."""
    unpivot: Unpivot | None = None
    """Makes several rows of one, before `columns` are read."""
    year_to_date: bool = False
    """`true` where a ledger sends the year so far: the warehouse takes off what the month before said."""

    def __post_init__(self) -> None:
        """Raises ValueError, in words, where its cells make no sense."""
        for name, spec in self.cells():
            check(name, spec)
        for made in (names for names in self.filled_down if header_of(names, self.made)):
            raise ValueError(f"found fill_down for {made[0]!r}, expected it for a header of the file.")

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> "Layout":
        """The layout of a table whose shape was checked (settings, when it was read). Raises ValueError, in words."""
        unpivot = table.get("unpivot")
        parts = {
            "file": FileShape.of(table.get("file", {})),
            "skip": tuple(Skip(**one) for one in table.get("skip", ())),
            "unpivot": Unpivot(**unpivot) if unpivot else None,
        }
        return cls(**{**table, **parts})

    def check_feed(self, feed: str) -> None:
        """Raises ValueError, in words, where a layout makes no sense for a feed."""
        if self.year_to_date and feed != "ledger":
            raise ValueError(f"found year_to_date for {feed}, expected it for a ledger only.")
        if feed == "ledger" and self.unpivot and not self._tells_lines_apart(self.unpivot):
            raise ValueError(
                "found an `unpivot` whose lines share journal_id and line_no, expected a key for each: "
                f"line_no = {{ row_number = true }}, or {self.unpivot.into[0]!r} in the journal_id."
            )

    def _tells_lines_apart(self, unpivot: Unpivot) -> bool:
        key = [as_table(self.columns.get(name, NOTHING)) for name in ("journal_id", "line_no")]
        used = {name for cell in key for names in headers(cell) for name in names}
        used |= {name for cell in key for name in names_in(str(cell.get("sql", "")))}
        return any("row_number" in cell for cell in key) or header_of(unpivot.into[0], list(used)) is not None

    def to_json(self) -> str:
        """The layout as it is received: the same text for the same layout."""
        return json.dumps(asdict(self) | {"file": self.file.to_table()}, sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Layout":
        """The layout of a receipt, which may have the file's name beside it."""
        return cls.of({key: value for key, value in json.loads(text).items() if key != "named"})

    def for_header(self, header: Sequence[str]) -> "Layout":
        """With what its patterns find in a file."""
        return replace(self, unpivot=self.unpivot.of_header(header)) if self.unpivot else self

    def asked(self) -> Iterator[Asked]:
        """Every header it needs."""
        for name, spec in self.columns.items():
            yield from _asked(name, spec)
        for code, taken in self.unpivot.cells.items() if self.unpivot else ():
            for spec in taken:
                yield from _asked(code, spec)
        for rule in self.skip:
            yield from rule.asked()
        yield from (Asked("where", (one,), in_sql=True) for one in names_in(self.where))

    def cells(self) -> Iterator[tuple[str, Spec]]:
        """Every cell it describes, with what for."""
        yield from self.columns.items()
        for code, taken in self.unpivot.cells.items() if self.unpivot else ():
            yield from ((code, spec) for spec in taken)
        yield from ((f"check_total of {rule.name}", rule.check_total) for rule in self.skip if rule.check_total)

    @property
    def has_sql(self) -> bool:
        """Whether SQL of its own may name any header."""
        return bool(
            self.where
            or any(rule.sql for rule in self.skip)
            or any("sql" in as_table(spec) for _, spec in self.cells())
        )

    @property
    def filled_down(self) -> list[tuple[str, ...]]:
        """Headers, each under its possible names, whose empty cells take the cell above."""
        tables = [as_table(spec) for _, spec in self.cells()]
        return [tuple(texts(table["header"])) for table in tables if "fill_down" in table]

    @property
    def leaves_out(self) -> bool:
        """Whether rows may be left out, which are then to be counted."""
        return bool(self.where or self.skip)

    @property
    def made(self) -> tuple[str, ...]:
        """Headers it makes itself."""
        return tuple(self.unpivot.into) if self.unpivot else ()

    def ignores(self, header: str) -> bool:
        """Whether it says that a header is not needed."""
        name = header.casefold()
        return any(name == one.casefold() or fnmatchcase(name, one.casefold()) for one in self.ignore)


def _asked(purpose: str, spec: Spec) -> Iterator[Asked]:
    yield from (Asked(purpose, names) for names in headers(spec))
    sql = str(as_table(spec).get("sql", ""))
    yield from (Asked(purpose, (one,), in_sql=True) for one in names_in(sql))


def _check_pattern(name: str, pattern: str, groups: int = 0) -> None:
    try:
        enough = re.compile(pattern).groups >= groups
    except (re.error, TypeError):
        enough = False
    if not enough:
        raise ValueError(
            f"found {name} = {pattern!r}, expected a regular expression{' with a group' if groups else ''}."
        )


def names_in(sql: str) -> list[str]:
    """Names in double quotes in an SQL text."""
    return sorted({name.replace('""', '"') for name in _SQL_NAME.findall(_SQL_TEXT.sub("", sql))})
