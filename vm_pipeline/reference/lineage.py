"""The page of lineage: of every published column, what it is made of and which columns of feeds it comes from.

Belongs here: lineage as Markdown, names of what no statement makes, words for columns made of no column.
Does not belong here: reading it off the SQL files (column_lineage), following it (warehouse/lineage).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from sqlalchemy import Table

from vm_pipeline.feeds import ACTIVITY, FEEDS, LEDGER
from vm_pipeline.feeds.reference import REFERENCES
from vm_pipeline.indicators.catalogue import input_tables
from vm_pipeline.reference.markdown import code, codes, joined, table, words_for
from vm_pipeline.warehouse.lineage import below, made_of
from vm_pipeline.warehouse.tables import SCHEMA, TABLES

_FEW = 12  # columns of feeds, and tables on the way, that a line names one by one
_RECEIPTS, _CALENDAR, _CATALOGUE = "receipts", "calendar", "catalogue"
_ENDS = (
    dict.fromkeys(("version", "month_in_force", "rule_found", "period_found", "batch_moved"), _RECEIPTS)
    | dict.fromkeys(("day", "month", "ledger_month", "known", "heard"), _CALENDAR)
    | dict.fromkeys((*input_tables(), "scale", "noise"), _CATALOGUE)
)
_OF_RECEIPTS = ("content_id", "row_number", "batch_month", "month_number")  # staging adds them to every row
_SENT = {(feed.feed, one.stored): one.name for feed in (LEDGER, ACTIVITY) for one in feed.columns}
_MADE_OF_NONE = {
    "vm.coach_progress.coaches": "counts rows of `coach_survey`",
    "vm.dim_account.is_mapped": "says which list the row is of",
    "vm.dim_period.days": "counts days of the calendar",
    "vm.indicator_series.grain": "named by the SQL files",
    "vm.indicator_series.points": "counts points of `indicator_signal`",
    "vm.indicator_signal.grain": "named by the SQL files",
    "vm.indicator_value.grain": "named by the SQL files",
}


def lineage_page() -> str:
    """Every published column."""
    columns = [f"{SCHEMA}.{one.name}.{column.name}" for one in TABLES for column in one.columns]
    none = words_for(_MADE_OF_NONE, [column for column in columns if not sources(column)], "lineage")
    return joined(
        "# Lineage of columns",
        "What the value of each published column is computed from, conditions of sums and cases included; columns that "
        "only join or filter rows are not told. It is read off the files of `sql/`, and shown in Dagster, too, on the "
        "page of each asset. Figures are followed to rows and files by "
        "[`vm-pipeline trace`](../how-to/trace-a-figure.md).",
        "*Made of* is one step down. *Comes from* is all the way: columns of [feeds](feeds.md) and "
        f"[reference tables](reference-tables.md), or {_RECEIPTS} (which file, and what staging found in it), the "
        f"{_CALENDAR}, the {_CATALOGUE} of indicators and rules. Tables with a row an indicator name all that any of "
        "them comes from; which ingredients each has is in [indicators](indicators.md).",
        *(_of_table(one, none) for one in TABLES),
    )


def _of_table(one: Table, none: dict[str, str]) -> str:
    rows = [
        (code(column.name), codes(_steps(name)), _told(sources(name)) or none[name], _through(name))
        for column in one.columns
        for name in [f"{SCHEMA}.{one.name}.{column.name}"]
    ]
    return joined(f"## {one.name}", table(("column", "made of", "comes from", "through"), rows))


def _steps(name: str) -> tuple[str, ...]:
    target, _, column = name.rpartition(".")
    return made_of()[target][column]


def _through(name: str) -> str:
    own = name.rpartition(".")[0]
    tables = sorted(below(name)[1] - {own})
    return codes(tables) if len(tables) <= _FEW else f"{len(tables)} tables"


def sources(column: str) -> dict[str, tuple[str, ...]]:
    """By feed or reference table the columns that one column comes from; receipts and the like without columns."""
    found: dict[str, set[str]] = defaultdict(set)
    for end in below(column)[0]:
        _, name, of = end.split(".")
        where, what = _end(name, of)
        found[where] |= {what} if what else set()
    return {where: tuple(sorted(what)) for where, what in sorted(found.items(), key=_feeds_first)}


def _feeds_first(item: tuple[str, set[str]]) -> tuple[bool, str]:
    return not item[1], item[0]


def _end(name: str, column: str) -> tuple[str, str]:
    """Where a column that no statement makes comes from, and under which name it was sent."""
    if name in FEEDS:
        if column in _OF_RECEIPTS:
            return _RECEIPTS, ""
        return name, _SENT.get((name, column), column)
    if name in REFERENCES:
        return name, column
    return _ENDS[name], ""


def _told(found: dict[str, tuple[str, ...]]) -> str:
    return "; ".join(_one(found))


def _one(found: dict[str, tuple[str, ...]]) -> Iterator[str]:
    many = sum(map(len, found.values())) > _FEW
    for where, what in found.items():
        if not what:
            yield where
        elif many:
            yield f"{code(where)} ({len(what)} columns)" if len(what) > 1 else code(f"{where}.{what[0]}")
        else:
            yield codes(_named(where, what))


def _named(where: str, what: Iterable[str]) -> list[str]:
    return [f"{where}.{one}" for one in what]
