"""Layouts tried before a night: on the first rows of the last file there is, or on none under the headers they ask for.

Belongs here: which file serves, what would refuse it, which SQL of a layout fails.
Does not belong here: judging rows, keeping anything (load), finding files (sources).

A message never quotes a cell: of rows that SQL cannot convert only the kind of error is told.
"""

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from vm_pipeline.feeds import contract_for
from vm_pipeline.sources.extract import Extract, Fetch
from vm_pipeline.sources.sender import Sender
from vm_pipeline.staging.cells import as_table
from vm_pipeline.staging.layouts import NOTHING, Layout
from vm_pipeline.staging.load import SQL_FAILS, facts, said_safely
from vm_pipeline.staging.matching import AS_SENT, match_layout
from vm_pipeline.staging.naming import header_of
from vm_pipeline.staging.reading import Refused, Sheet, read_sheet
from vm_pipeline.staging.workers import configuration

_ROWS = 1_000
_MOST = 64 << 20  # bytes of a file that is opened: a look must not take as long as a night
_ANY_MONTH = "2022-07"
_NO_COLUMN = "Binder Error: Referenced column"  # where there is no file, a name without quotes may be a header of it


@dataclass(frozen=True)
class _Trial:
    """A layout on a table: what a batch of it knows of itself, and where the table is from."""

    feed: str
    layout: Layout
    sheet: Sheet
    facts: dict[str, str]
    is_of_a_file: bool


def rehearse(senders: Iterable[Sender], extracts: Sequence[Extract]) -> Iterator[str]:
    """What is wrong with each layout, in words, as a night would find it. Opens files that lie at hand only."""
    once = {(sender.feed, sender.layout): sender for sender in senders if sender.layout}
    for sender in once.values():
        layout = Layout.from_json(sender.layout)
        served = [one for one in extracts if _serves(one, sender.feed, layout)]
        last = max(served, key=lambda one: (one.slot.last_period, one.name), default=None)
        where = last.name if last else f"the layout of {sender}"
        with TemporaryDirectory() as folder:
            yield from (f"{where}: {one}" for one in _amiss(sender, layout, last, Path(folder)))


def _serves(extract: Extract, feed: str, layout: Layout) -> bool:
    """Whether it has the layout, and lies where it can be opened at once."""
    if isinstance(extract.content, Fetch) or extract.slot.feed != feed or not extract.layout:
        return False
    return Layout.from_json(extract.layout) == layout


def _amiss(sender: Sender, layout: Layout, last: Extract | None, folder: Path) -> list[str]:
    try:
        sheet = _opened(last, layout, folder) if last else None
        slot, name = (last.slot, last.name) if last else (sender.slot(_ANY_MONTH), "")
        trial = _Trial(sender.feed, layout, sheet or _empty(layout), facts(slot, name), sheet is not None)
        with duckdb.connect(config=configuration()) as con:
            whole = _fails(con, trial, layout)
            pieces = _pieces(layout) if whole else ()
            alone = [f"{piece}: {why}" for piece, one in pieces if (why := _fails(con, trial, one))]
    except Refused as why:
        return [f"would be refused, {why}"]
    except OSError:
        return []  # that it cannot be read is told by who is to receive it
    return alone or [f"the layout: {whole}"] * bool(whole)


def _opened(extract: Extract, layout: Layout, folder: Path) -> Sheet | None:
    """The first rows of a file; None of one that is too large to be opened for a look. Raises Refused."""
    path = folder / "file"
    with extract.content() as source, path.open("xb") as target:  # type: ignore[operator]
        if source.seek(0, os.SEEK_END) > _MOST:
            return None
        source.seek(0)
        shutil.copyfileobj(source, target)
    sheet = read_sheet(path, folder, layout.file)
    return replace(sheet, reader=f"(SELECT *, file_index FROM {sheet.reader} LIMIT {_ROWS})")


def _empty(layout: Layout) -> Sheet:
    """No rows, under the headers that a layout asks for: of several names the first."""
    asked = [one.names[0] for one in layout.asked() if not header_of(one.names, layout.made)]
    header = tuple(dict.fromkeys(name.casefold() for name in asked))
    cells = ", ".join(f"NULL::VARCHAR AS c{place}" for place in range(len(header) or 1))
    return Sheet(header, Path(), f"(SELECT {cells}, 0 AS file_index WHERE false)", "")


def _pieces(layout: Layout) -> Iterator[tuple[str, Layout]]:
    """Each SQL text of a layout by its name, in a layout that has no other."""
    sql = [name for name, spec in layout.columns.items() if "sql" in as_table(spec)]
    columns = {name: NOTHING if name in sql else spec for name, spec in layout.columns.items()}
    plain = tuple(one for one in layout.skip if not one.sql)
    bare = replace(layout, where="", skip=plain, columns=columns, ignore=("*",))
    if layout.where:
        yield "`where`", replace(bare, where=layout.where)
    yield from ((f"`skip` {one.name!r}", replace(bare, skip=(*plain, one))) for one in layout.skip if one.sql)
    yield from ((f"column {name}", replace(bare, columns=columns | {name: layout.columns[name]})) for name in sql)


def _fails(con: duckdb.DuckDBPyConnection, trial: _Trial, layout: Layout) -> str:
    """Why the SQL of a layout does not work; empty where it does. Raises Refused, of a file that does not fit."""
    contract = contract_for(trial.feed, tuple(layout.columns))
    try:
        matched = match_layout(contract, trial.sheet, layout, trial.facts)
    except Refused:
        if trial.is_of_a_file:
            raise
        return ""  # `values_like` finds its headers, and `file_name` its text, in a file alone
    try:
        if matched.first:
            con.execute(f"CREATE OR REPLACE TEMP TABLE {AS_SENT} AS {matched.first}")
        con.execute(f"CREATE OR REPLACE TEMP TABLE rehearsed AS {matched.select}")
    except SQL_FAILS as error:
        said = said_safely(error)
        unsure = not trial.is_of_a_file and said.startswith(_NO_COLUMN)
        return "" if unsure else f"found SQL that fails ({said}), expected SQL of DuckDB. Correct it in the layout."
    return ""
