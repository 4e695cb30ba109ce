"""Parts of tables, and what each is made of: what a night carries over from the last, and what it makes again.

Belongs here: which tables fall into parts, making only the parts whose key has changed.
Does not belong here: how keys of one table are put together (part_keys), what a statement computes (sql/), where the
last night's tables come from (kept).

A part is the rows of one batch, of one provider or of one of its teams. It is carried over where the key of all that it
is made of has not changed: of a batch its content, of a reference table the rows of the part's provider, of a table
without parts all of it, of a table that falls into parts the keys of those. So a key never has to be thought of: it
follows from what the SQL file reads. The code is not in it: tables made by other code are never taken up (kept).

A file that is sent again differs by a few lines, which are a few teams'. So where parts of teams are made of those of
batches or providers, what came out is looked at, team by team: the rows of a team that are the same have the same key.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import duckdb

from vm_pipeline.feeds import FEEDS
from vm_pipeline.staging.batches import Staging
from vm_pipeline.staging.known import Known
from vm_pipeline.warehouse.inputs import feed_rows
from vm_pipeline.warehouse.made_from import name_of
from vm_pipeline.warehouse.part_keys import EVERYWHERE, Keys, Place
from vm_pipeline.warehouse.statements import Statement, read_by_others, reading
from vm_pipeline.warehouse.workspace import Built, columns_of, put_view, replace_rows, run, untouched

BATCH, PROVIDER, TEAM = "batch_id", "provider_code", "team_code"

# The column whose values part a table: made of the inputs of one value alone, it has the rows of that value. Others
# are made whole. A team is one of its provider; `*` stands for all of them. That it is so is tested (test_increments),
# table by table.
PARTED_BY = {
    "core.year_to_date_before": BATCH,
    "vm.fact_cost": BATCH,
    "vm.reconciliation": BATCH,
    "core.cost_centre_day": BATCH,
    "core.journal_sent": BATCH,
    "core.survey_answer": BATCH,
    "vm.fact_survey": BATCH,
    "core.cost_centre_share": PROVIDER,
    "core.key_again": PROVIDER,
    "core.activity_replaced": PROVIDER,
    "vm.fact_activity": BATCH,
    "core.activity_day": BATCH,
    "core.survey_day": BATCH,
    "core.stated": BATCH,
    "core.cost_part": BATCH,
    "core.stay": PROVIDER,
    "core.referral_decided": PROVIDER,
    "core.wave": PROVIDER,
    "core.spent": PROVIDER,
    "core.commodity": PROVIDER,
    "vm.cost_week": TEAM,
    "core.ingredient": TEAM,
    "core.indicator_member": TEAM,
    "vm.team_month": TEAM,
    "core.indicator_level": PROVIDER,
    "core.indicator_class": TEAM,
    "vm.indicator_value": TEAM,
    "vm.team_week": TEAM,
    "core.signal_series": TEAM,
    "core.signal_point": TEAM,
    "vm.indicator_signal": TEAM,
    "vm.indicator_series": TEAM,
}

# Made by provider and read by batch or team, or made by batch and read by team. Who reads by team does not ask of which
# batch a row is: so of what is made by batch that is not looked at.
LOOKED_AT = frozenset(
    {
        "core.activity_replaced",
        "core.activity_day",
        "core.survey_day",
        "core.stated",
        "core.cost_part",
        "core.stay",
        "core.wave",
        "core.spent",
        "core.commodity",
        "core.indicator_level",
    }
)

# Read once, as a whole or by teams: worked out when it is read, and kept nowhere.
VIEWS = frozenset({"core.signal_point"})

CHOSEN = {
    BATCH: "batch_id IN (SELECT batch_id FROM chosen.main.part)",
    PROVIDER: "provider_code IN (SELECT provider_code FROM chosen.main.part)",
    # The first condition says no more than the second, and DuckDB leaves out row groups by it.
    TEAM: "team_code IN (SELECT team_code FROM chosen.main.part) "
    "AND (provider_code, team_code) IN (SELECT (provider_code, team_code) FROM chosen.main.part)",
}
"""Rows of the parts that are made, by the column that parts them."""

Made = TypeVar("Made")
_IN_FULL = {"vm": "warehouse.vm", "core": "core.main", "staging": "staging.main"}  # as views have to name them

_KEYS = "core.part (target VARCHAR, provider_code VARCHAR, batch_id VARCHAR, team_code VARCHAR, key VARCHAR)"
_OF = "of "  # before the name of a table: what it was made of, beside what it holds
_FEEDS = frozenset(f"staging.{feed}" for feed in FEEDS)


def known_as(target: str) -> str:
    """The name under which it is told what parts of a table were made of."""
    return _OF + target if target in LOOKED_AT else target


@contextmanager
def parts_of(con: duckdb.DuckDBPyConnection) -> Iterator["Parts"]:
    """The parts of a draft, which is empty, a copy of the last night's tables, or what an earlier step left.

    What is known of them is taken off it, and put back at the end: of a step that died nothing is known.
    """
    con.execute(f"CREATE TABLE IF NOT EXISTS {_KEYS}; ATTACH IF NOT EXISTS ':memory:' AS chosen")
    con.execute("CREATE OR REPLACE TABLE chosen.part (provider_code VARCHAR, batch_id VARCHAR, team_code VARCHAR)")
    con.execute("".join(f"CREATE SCHEMA IF NOT EXISTS chosen.{schema}_;" for schema in ("vm", "core", "staging")))
    parts = Parts(con)
    con.execute("DELETE FROM core.part")
    yield parts
    parts.write()


class Parts:
    """The parts of one draft: what its tables were made of, and what they would be made of now."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        """`con` is the draft's."""
        self._con = con
        self._providers: set[str] = set()
        self._feeds: Callable[[str, Collection[str]], str] = lambda feed, providers: f"FROM staging.{feed}"
        found: dict[str, dict[Place, str]] = defaultdict(dict)
        for target, *place, key in con.execute("FROM core.part").fetchall():
            found[target] |= {tuple(place): key} if key else {}
        self._keys = {target: Keys(rows) for target, rows in found.items()}

    def put_inputs(self, what: Known, staging: Staging) -> None:
        """Keys of all that is under `staging`."""
        versions = {feed: what.in_force(feed) for feed in FEEDS}
        self._feeds = lambda feed, providers: feed_rows(
            feed, [v for v in versions[feed] if v.receipt.slot.provider_code in providers], staging
        )
        for feed, some in versions.items():
            rows = {(v.receipt.slot.provider_code, v.batch_id, ""): staging.folder(v.receipt).name for v in some}
            self.note(f"staging.{feed}", rows)
        listed = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'staging'"
        for (name,) in self._con.execute(listed).fetchall():
            self.note(f"staging.{name}")

    def make(self, statement: Statement) -> Built:
        """Make a table, or those parts of it that are new or made of other things than they were."""
        column = PARTED_BY.get(statement.target)
        if column and statement.target in VIEWS:
            return self._view(statement, column)
        return self._in_parts(statement, column) if column else self._whole(statement)

    def _view(self, statement: Statement, column: str) -> Built:
        places = self._places(statement.reads, column)
        self.note(statement.target, {place: self._made_of(statement.reads, place) for place in places})
        return put_view(self._con, statement, {table: _in_full(table) for table in statement.reads})

    def _whole(self, statement: Statement) -> Built:
        target, made_of = statement.target, self._made_of(statement.reads, EVERYWHERE)
        if self._keys.get(_OF + target) == Keys({EVERYWHERE: made_of}):
            return untouched(self._con, statement)
        built = run(self._con, statement)
        # What comes of other things may be the same. To look at it all pays where something is made of it.
        self.note(target, None if target in read_by_others() else {EVERYWHERE: made_of})
        self.note(_OF + target, {EVERYWHERE: made_of})
        return built

    def _in_parts(self, statement: Statement, column: str) -> Built:
        def make(values: Collection[str] | None) -> Built:
            if values is None:
                return run(self._con, statement)
            return replace_rows(self._con, statement, self._only(statement, column), CHOSEN[column], (column, values))

        return self.renew(statement.target, column, statement.reads, make) or untouched(self._con, statement)

    def renew(
        self, target: str, column: str, reads: Collection[str], make: Callable[[Collection[str] | None], Made]
    ) -> Made | None:
        """Have the parts made whose key has changed, or taken out where there is none any more.

        `make` is given the names of those that are `CHOSEN`, or None for all there are. Returns what it returns; None
        where nothing changed.
        """
        now = {place: self._made_of(reads, place) for place in self._places(reads, column)}
        known = known_as(target)
        before = self._keys[known].rows if known in self._keys else {}
        changed = {place for place, key in now.items() if before.get(place) != key}
        touched = changed | (before.keys() - now.keys())
        if known in self._keys and not touched:
            return None
        self._choose(touched)
        every = len(changed) == len(now)
        made = make(None if every else sorted(_names(touched, column)))
        self.note(known, now)
        if target in LOOKED_AT:
            self._look(target, every)
        return made

    def _look(self, target: str, every: bool) -> None:
        """Take down keys of the rows of providers that any were made of; those of others are as they were."""
        if every:
            self.note(target)
            return
        stay = {place: key for place, key in self._keys[target].rows.items() if place[0] not in self._providers}
        self.note(target, stay | self._content(target, CHOSEN[PROVIDER]))

    def _made_of(self, reads: Collection[str], place: Place) -> str:
        return name_of(f"{table} {self._keys[table].of(place)}" for table in sorted(reads))

    def _places(self, reads: Collection[str], column: str) -> set[Place]:
        """The parts there are by now: of the batches it is made of, or of every provider that it reads anything of."""
        met = {table: self._keys[table].rows for table in reads}
        if column == PROVIDER:
            return {(provider, "", "") for rows in met.values() for provider, _, _ in rows if provider}
        if column == TEAM:
            return {(provider, "", team) for rows in met.values() for provider, _, team in rows if team}
        batches = [rows for table, rows in met.items() if table in _FEEDS or PARTED_BY.get(table) == BATCH]
        return {place for rows in batches for place in rows}

    def _choose(self, places: Collection[Place]) -> None:
        self._providers = _names(places, PROVIDER)
        self._con.execute("DELETE FROM chosen.part")
        if places:
            columns = [[*one] for one in zip(*places, strict=True)]
            self._con.execute("INSERT INTO chosen.part SELECT unnest(?), unnest(?), unnest(?)", columns)

    def _only(self, statement: Statement, column: str) -> str:
        """Its SQL, over those rows alone that the chosen parts are made of."""
        con = self._con
        views = {}
        for table in statement.reads:
            schema, _, name = table.partition(".")
            by = _parted(columns_of(con, table), column)
            rows = f"FROM {_in_full(table)}" + (f" WHERE {CHOSEN[by]}" if by else "")
            views[table] = f"chosen.{schema}_.{name}"
            rows = self._feeds(name, self._providers) if table in _FEEDS else rows
            con.execute(f"CREATE OR REPLACE VIEW {views[table]} AS {rows}")
        return reading(statement, views)

    def _content(self, table: str, where: str = "true") -> dict[Place, str]:
        """Keys of the rows themselves, whatever their order."""
        parted_by = PARTED_BY.get(table)
        columns = [name for name in columns_of(self._con, table) if name != BATCH or parted_by != BATCH]
        place = ", ".join(f"coalesce({name}, '')" if name in columns else "''" for name in (PROVIDER, BATCH, TEAM))
        rows = ", ".join(f'"{name}"' for name in columns)
        found = self._con.execute(
            f"SELECT {place}, concat_ws(' ', count(*), sum(hash({rows})), bit_xor(hash({rows}))) "
            f"FROM {table} WHERE {where} GROUP BY ALL"
        ).fetchall()
        return {(provider, batch, team): key for provider, batch, team, key in found}

    def note(self, target: str, keys: Mapping[Place, str] | None = None) -> None:
        """Take down the keys of a table; those of what it holds where none are given."""
        self._keys[target] = Keys(dict(self._content(target) if keys is None else keys))

    def write(self) -> None:
        """Put all that was taken down into the draft. A table without rows is known to be so."""
        told = [
            (target, *place, key)
            for target, keys in self._keys.items()
            for place, key in (keys.rows or {EVERYWHERE: ""}).items()
        ]
        import numpy as np

        columns = {f"c{place}": np.array(one, dtype=object) for place, one in enumerate(zip(*told, strict=True))}
        self._con.register("told", columns)  # in a sixth of the time that lists of ten thousand texts take
        self._con.execute("INSERT INTO core.part FROM told")
        self._con.unregister("told")


def _names(places: Iterable[Place], column: str) -> set[str]:
    name = {BATCH: "{1}", PROVIDER: "{0}", TEAM: "{0} {2}"}[column]
    return {name.format(*place) for place in places}


def _in_full(table: str) -> str:
    schema, _, name = table.partition(".")
    return f"{_IN_FULL[schema]}.{name}"


def _parted(columns: Collection[str], column: str) -> str:
    """The column by which a table is read for parts by another; empty where all of it is."""
    if column in columns and (column != TEAM or PROVIDER in columns):
        return column
    return PROVIDER if PROVIDER in columns else ""
