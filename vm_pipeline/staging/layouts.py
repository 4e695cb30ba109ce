"""A provider's own layout: what it may say, read from settings or from a receipt.

Belongs here: the parts of a layout, whether they make sense, and which headers they need.
Does not belong here: the words of one cell (cells), the SQL a layout becomes (making, leaving_out), reading `vm.toml`
(settings), what follows from a header that is missing (matching).

A layout is data (JSON), received and versioned like an extract: changing it restates what it applies to.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from fnmatch import fnmatchcase

from vm_pipeline.staging.cells import Spec, as_table, check, has_steps, headers
from vm_pipeline.staging.naming import header_of
from vm_pipeline.staging.reading.shape import AS_IT_SAYS, FileShape
from vm_pipeline.staging.words import texts

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
    """One row becomes one a value. `into` names new headers: of the value's code, then of each cell it takes along.

    `values`: code → one header (or another cell) for each further name. `values_like`: instead, one pattern of headers
    for each further name, whose first group is the code. A row whose first cell is empty is left out.
    """

    into: Sequence[str]
    values: Mapping[str, Sequence[Spec]] = ()  # type: ignore[assignment]
    values_like: Sequence[str] = ()

    def of_header(self, header: Sequence[str]) -> "Unpivot":
        """With the headers that the patterns find in a file, in the file's order."""
        if not self.values_like:
            return replace(self, values=dict(sorted(self.values.items())))
        found = [
            {match[1]: name for name in header if (match := re.search(pattern, name))} for pattern in self.values_like
        ]
        codes = [code for code in found[0] if all(code in one for one in found)]
        return replace(self, values={code: [one[code] for one in found] for code in codes})

    def lonely(self, header: Sequence[str]) -> list[str]:
        """Headers that one pattern finds and that have no fellow by another."""
        used = {name for taken in self.of_header(header).values.values() for name in taken if isinstance(name, str)}
        return [n for n in header if n not in used and any(re.search(pattern, n) for pattern in self.values_like)]


@dataclass(frozen=True)
class Skip:
    """Rows that are left out, and counted: totals, page headings. All conditions that are given must hold.

    `header` and `matches`: a pattern searched for in that cell. `blank`: headers under which nothing stands. `sql`: a
    condition. `heading`: its cells still fill down. `check_total`: a cell of the rows left out whose sum must be that
    of the rows kept, or the batch is refused.
    """

    name: str
    header: str | Sequence[str] = ""
    matches: str = ""
    blank: Sequence[str] = ()
    sql: str = ""
    heading: bool = False
    check_total: Spec = ""

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

    `file`: how its file becomes rows, where its bytes do not say it.
    `columns`: canonical name → a cell, see cells. `where`: an SQL condition on rows that belong here; the others are
    somebody else's (a national file). `skip`: rows that are none, by rule. `unpivot`: makes several rows of one before
    `columns` are read. `ignore`: headers not needed, `*` for any text; a header that nothing uses and `ignore` does not
    name refuses the file: it may change what a row means. `year_to_date`: a ledger's amounts are since April.

    SQL sees headers in double quotes, trimmed, an empty cell as NULL; `{provider_code}` and other batch facts; and the
    canonical columns that stand before its own in the contract, by their names.
    """

    columns: Mapping[str, Spec]
    file: FileShape = AS_IT_SAYS
    ignore: Sequence[str] = ()
    where: str = ""
    skip: Sequence[Skip] = ()
    unpivot: Unpivot | None = None
    year_to_date: bool = False

    @classmethod
    def of(cls, table: Mapping[str, object]) -> "Layout":
        """The layout of a table of settings. Raises ValueError, in words, where it cannot be one."""
        unpivot, skip = table.get("unpivot"), table.get("skip") or []
        file = FileShape.of(table.get("file", {}))  # type: ignore[arg-type]
        parts = {"file": file, "unpivot": _unpivot(unpivot) if unpivot else None, "skip": _skips(skip)}
        layout = cls(**{**table, **parts})  # type: ignore[arg-type]
        if not layout.columns:
            raise ValueError("found no `columns`, expected canonical names and where they come from.")
        if isinstance(layout.ignore, str):
            raise ValueError(f"found ignore = {layout.ignore!r}, expected a list of headers.")
        if not isinstance(layout.year_to_date, bool):
            raise ValueError(f"found year_to_date = {layout.year_to_date!r}, expected true or false.")
        for name, spec in layout.cells():
            check(name, spec)
        for made in (names for names in layout.filled_down if header_of(names, layout.made)):
            raise ValueError(f"found fill_down for {made[0]!r}, expected it for a header of the file.")
        return layout

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
        """The layout of a receipt."""
        return cls.of(json.loads(text))

    def for_header(self, header: Sequence[str]) -> "Layout":
        """With what its patterns find in a file."""
        return replace(self, unpivot=self.unpivot.of_header(header)) if self.unpivot else self

    def asked(self) -> Iterator[Asked]:
        """Every header it needs."""
        for name, spec in self.columns.items():
            yield from _asked(name, spec)
        for code, taken in self.unpivot.values.items() if self.unpivot and self.unpivot.values else ():
            for spec in taken:
                yield from _asked(code, spec)
        for rule in self.skip:
            yield from rule.asked()
        yield from (Asked("where", (one,), in_sql=True) for one in names_in(self.where))

    def cells(self) -> Iterator[tuple[str, Spec]]:
        """Every cell it describes, with what for."""
        yield from self.columns.items()
        for code, taken in self.unpivot.values.items() if self.unpivot and self.unpivot.values else ():
            yield from ((code, spec) for spec in taken)
        yield from ((f"check_total of {rule.name}", rule.check_total) for rule in self.skip if rule.check_total)

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


def _unpivot(table: object) -> Unpivot:
    several = 2
    if not isinstance(table, dict) or len(table.get("into", ())) < several:
        raise ValueError("found an `unpivot` without two names in `into`, expected them.")
    values, like = table.get("values"), texts(table.get("values_like") or [])
    if not table.keys() <= {"into", "values", "values_like"} or bool(values) == bool(like):
        raise ValueError("found an `unpivot` without `values` or `values_like`, expected one of them.")
    into = tuple(table["into"])
    taken = {code: [one] if isinstance(one, str | dict) else list(one) for code, one in (values or {}).items()}
    for code, cells in {**taken, **({"values_like": like} if like else {})}.items():
        if len(cells) != len(into) - 1:
            raise ValueError(f"found {len(cells)} cells for unpivot value {code!r}, expected {', '.join(into[1:])}.")
    if any(has_steps(cell) for cells in taken.values() for cell in cells):
        raise ValueError("found steps in `values` of an unpivot, expected them in `columns`, for the headers it makes.")
    for pattern in like:
        _check_pattern("values_like", pattern, groups=1)
    return Unpivot(into, taken, tuple(like))


def _skips(tables: object) -> tuple[Skip, ...]:
    known = [one.name for one in fields(Skip)]
    rules = []
    for table in tables if isinstance(tables, Sequence) else [tables]:
        if not isinstance(table, Mapping) or not table.get("name") or not table.keys() <= set(known):
            raise ValueError(f"found a `skip` without a name, or with other keys than {', '.join(known)}.")
        rules.append(_skip(Skip(**table)))
    return tuple(rules)


def _skip(rule: Skip) -> Skip:
    if isinstance(rule.blank, str):
        raise ValueError(f"found blank = {rule.blank!r} in skip {rule.name!r}, expected a list of headers.")
    if bool(rule.header) != bool(rule.matches) or not (rule.header or rule.blank or rule.sql):
        raise ValueError(
            f"found no whole condition in skip {rule.name!r}, expected `header` and `matches`, or `blank`, or `sql`."
        )
    _check_pattern(f"matches of skip {rule.name!r}", rule.matches)
    return rule


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
