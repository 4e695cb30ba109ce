"""Reference tables in force: per provider the newest version whose rows do not contradict each other.

Belongs here: finding contradictions (a unit on two teams on one day, shares above 1) and teams that are none, falling
back to the last good.
Does not belong here: what the columns are (feeds/reference), applying them (sql/core).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from vm_pipeline.calendar import FIRST_DAY, LAST_DAY
from vm_pipeline.feeds.reference import REFERENCES, UNALLOCATED
from vm_pipeline.feeds.reference_table import Reference
from vm_pipeline.sources.receipts import Version
from vm_pipeline.staging.batches import Staging
from vm_pipeline.staging.naming import literal
from vm_pipeline.staging.reading import readable

_PLACE = {"batch_id": "VARCHAR", "row_number": "BIGINT"}
_NAMED = 20  # rows of a contradiction, or pairs of rows: a file that says everything twice has thousands
_FROM, _TO = f"coalesce({{0}}.valid_from, DATE '{FIRST_DAY}')", f"coalesce({{0}}.valid_to, DATE '{LAST_DAY}')"


@dataclass(frozen=True)
class Finding:
    """Something about a reference table that a person should mend. Rejects no fact."""

    code: str
    table: str
    provider_code: str
    message: str


def put_references(
    con: duckdb.DuckDBPyConnection, versions: Sequence[Version], refused: set[str], staging: Staging
) -> list[Finding]:
    """Create `staging.<name>` for every reference table. Returns what was found wrong on the way."""
    findings: list[Finding] = []
    for reference in REFERENCES.values():
        candidates = [
            version
            for version in reversed(versions)
            if version.receipt.slot.feed == f"reference/{reference.name}"
            and version.receipt.content_id not in refused
            and version.decision is None
        ]
        findings += _put_one(con, reference, candidates, staging)
    return findings


def _put_one(
    con: duckdb.DuckDBPyConnection, reference: Reference, candidates: list[Version], staging: Staging
) -> Iterator[Finding]:
    """The newest version counts, the one before it for providers whose rows contradict in it, and so on.

    What is found wrong is told of the newest: a table that is sent every night is not mended in those before.
    """
    name = f"staging.{reference.name}"
    con.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT {_columns(reference, typed=True)} WHERE false")
    if not candidates:
        if reference.essential:
            yield _missing(reference)
        return
    concerned = ""
    newest: list[tuple[str, list[str]]] = []
    unsound: list[tuple[str, list[str]]] = []
    unknown: list[Finding] = []
    for version in candidates:
        path = readable(staging.accepted(version.receipt))
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE candidate AS SELECT *, {literal(version.batch_id)} AS batch_id "
            f"FROM read_parquet({path}) {concerned}"
        )
        con.execute(f"CREATE OR REPLACE TEMP TABLE unsound AS {_contradictions(reference)}")
        unsound = con.execute(_UNSOUND).fetchall()
        newest = newest or unsound
        unknown += _unknown_teams(con, reference)
        con.execute(
            f"INSERT INTO {name} BY NAME SELECT {_columns(reference)} FROM candidate "
            f"WHERE {_provider(reference)} NOT IN (SELECT provider_code FROM unsound)"
        )
        if not unsound:
            break
        con.execute("CREATE OR REPLACE TEMP TABLE concerned AS SELECT DISTINCT provider_code FROM unsound")
        concerned = f"WHERE {_provider(reference)} IN (SELECT provider_code FROM concerned)"
    never_sound = {provider for provider, _ in unsound}
    yield from (_contradiction(reference, *found, never=found[0] in never_sound) for found in newest)
    yield from unknown


_UNSOUND = "SELECT provider_code, list(DISTINCT pair ORDER BY pair) FROM unsound GROUP BY 1 ORDER BY 1"


def _contradiction(reference: Reference, provider: str, pairs: Sequence[str], never: bool) -> Finding:
    """Of a provider's rows; `never`: they contradicted each other in every version there was."""
    then = reference.consequence if never else "the last good version stays in force"
    same = f"have the same {', '.join(reference.alone)}, of which there may be one (rows are not added up)"
    if reference.has_spans:
        same = "hold on the same day where only one may (or their shares exceed 1)"
    found = f"{reference.name}.csv, provider {provider or '(all)'}: rows {_named(pairs)} {same}."
    return Finding("contradiction", reference.name, provider, f"{found} Until it is mended, {then}.")


def _named(pairs: Sequence[str]) -> str:
    more = len(pairs) - _NAMED
    return "; ".join(pairs[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _unknown_teams(con: duckdb.DuckDBPyConnection, reference: Reference) -> list[Finding]:
    """Rows whose team is no row of `teams.csv`: a mistyped code would be a team of its own, with costs on it.

    Of a provider that has no teams there at all, nothing is said: it may not have sent any yet. `staging.teams` is made
    before the tables that name teams. A coach may well be of an office that is no team.
    """
    if reference.name not in _GIVE_TEAMS:
        return []
    return [
        Finding(
            "unknown_team",
            reference.name,
            provider,
            f"{reference.name}.csv, provider {provider}: found rows whose team teams.csv does not have, {rows:,} of "
            f"them, the first is row {first}. Such a team is shown by code only: correct the code, or add the team.",
        )
        for provider, rows, first in con.execute(_UNKNOWN_TEAMS).fetchall()
    ]


# By these costs, activity and answers find their team.
_GIVE_TEAMS = frozenset({"cost_centre_map", "unit_map", "survey_team_map"})
_UNKNOWN_TEAMS = f"""
SELECT provider_code, count(*), min(row_number)
FROM candidate
ANTI JOIN staging.teams AS team USING (provider_code, team_code)
WHERE team_code <> '{UNALLOCATED}'
  AND provider_code IN (SELECT provider_code FROM staging.teams)
  AND provider_code NOT IN (SELECT provider_code FROM unsound)
GROUP BY provider_code
ORDER BY provider_code
"""


def _missing(reference: Reference) -> Finding:
    return Finding(
        "missing_reference",
        reference.name,
        "",
        f"found no reference/{reference.name}.csv, now or earlier. Until one is sent, {reference.consequence}.",
    )


def _columns(reference: Reference, typed: bool = False) -> str:
    kinds = {one.stored: one.value.stored for one in reference.contract.columns}
    kinds |= _PLACE if reference.is_fact else {}
    return ", ".join(f"NULL::{kind} AS {name}" if typed else name for name, kind in kinds.items())


def _provider(reference: Reference) -> str:
    return "provider_code" if "provider_code" in reference.contract.by_name else "''"


def _contradictions(reference: Reference) -> str:
    """SELECT provider_code, pair: rows that may not stand beside each other."""
    if reference.name == "cost_centre_map":
        return _OVERSHARED
    if not reference.alone:
        return "SELECT NULL::VARCHAR AS provider_code, NULL::VARCHAR AS pair WHERE false"
    if not reference.has_spans:  # each with the one before it: of 20,000 rows alike all pairs are 200 million
        same = ", ".join(reference.alone)
        last = f"lag(row_number) OVER (PARTITION BY {same} ORDER BY row_number)"
        return (
            f"SELECT {_provider(reference)} AS provider_code, last || ' and ' || row_number AS pair "
            f"FROM (SELECT *, {last} AS last FROM candidate) WHERE last IS NOT NULL"
        )
    same = " AND ".join(f"a.{column} = b.{column}" for column in reference.alone)
    overlap = " AND ".join(f"{_FROM.format(one)} <= {_TO.format(other)}" for one, other in (("a", "b"), ("b", "a")))
    return (
        "SELECT a.provider_code, a.row_number || ' and ' || b.row_number AS pair "
        f"FROM candidate a JOIN candidate b ON {same} AND a.row_number < b.row_number AND {overlap}"
    )


# Shares above 1 on the first day of any row: sums only change where a row begins.
_OVERSHARED = f"""
SELECT a.provider_code, string_agg(DISTINCT b.row_number::VARCHAR, ', ' ORDER BY b.row_number::VARCHAR) AS pair
FROM candidate a
JOIN candidate b ON a.provider_code = b.provider_code AND a.cost_centre_code = b.cost_centre_code
    AND {_FROM.format("a")} BETWEEN {_FROM.format("b")} AND {_TO.format("b")}
GROUP BY a.provider_code, a.cost_centre_code, a.row_number
HAVING sum(b.share) > 1.00001
"""
