"""Codes that no reference row maps, as reference files ready to be filled in, the largest first.

Belongs here: finding them in what core built, and writing the lists.
Does not belong here: judging how much that is (core), reading the lists once filled in (staging, like any reference).

A list names codes and survey teams, because that is what it is for; it goes to the people who keep the maps, and into
no log and no verdict.
"""

import csv
import uuid
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path

import duckdb

from vm_pipeline.feeds.reference import REFERENCES, UNALLOCATED

# The days on which a code is on no team, in spans: a row over the whole time would overlap the map's own rows and be
# refused. A span ends where the code is on a team again, and before the next row of the map; the last one is open.
_SPANS = """
WITH candidate AS (
    SELECT DISTINCT provider_code, {code} FROM {days} WHERE is_open
),
day AS (
    SELECT provider_code, {code}, day, bool_and(is_open) AS is_open, sum(rows) AS rows, sum({amount}) AS amount,
           sum({size}) AS size
    FROM {days}
    SEMI JOIN candidate USING (provider_code, {code})
    GROUP BY ALL
),
span AS (
    SELECT *, count(*) FILTER (NOT is_open) OVER (PARTITION BY provider_code, {code} ORDER BY day) AS place,
           max(day) FILTER (NOT is_open) OVER (PARTITION BY provider_code, {code}) AS last_on_team
    FROM day
),
bounded AS (
    SELECT span.*, map.valid_from - 1 AS until
    FROM span
    ASOF LEFT JOIN (SELECT provider_code, {code}, valid_from FROM {map}) AS map
      ON map.provider_code = span.provider_code AND map.{code} = span.{code} AND span.day < map.valid_from
    WHERE is_open
)
SELECT provider_code, {code}, NULL::VARCHAR AS team_code, '1' AS share, min(day)::VARCHAR AS valid_from,
       coalesce(until, CASE WHEN max(day) < any_value(last_on_team) THEN max(day) END)::VARCHAR AS valid_to,
       sum(rows)::BIGINT AS rows, sum(amount)::DECIMAL(18,2)::VARCHAR AS amount_gbp
FROM bounded
GROUP BY provider_code, {code}, place, until
ORDER BY sum(size) DESC, provider_code, {code}, valid_from
"""

COST_CENTRES = _SPANS.format(
    code="cost_centre_code",
    days="core.cost_centre_day",
    amount="amount_gbp",
    size="size_gbp",
    map="staging.cost_centre_map",
)
_UNITS = _SPANS.format(
    code="unit_code",
    days=f"(SELECT *, start_at::DATE AS day, team_code = '{UNALLOCATED}' AS is_open, 1 AS rows FROM vm.fact_activity)",
    amount="NULL::DECIMAL(18,2)",
    size="rows",
    map="staging.unit_map",
)

_ACCOUNTS = """
SELECT account_code, NULL::VARCHAR AS account_name, NULL::VARCHAR AS cost_category, NULL::VARCHAR AS is_direct,
       NULL::VARCHAR AS cost_timing, count(DISTINCT (batch_id, row_number))::BIGINT AS rows,
       sum(amount_gbp)::DECIMAL(18,2)::VARCHAR AS amount_gbp
FROM vm.fact_cost
SEMI JOIN (SELECT account_code FROM vm.dim_account WHERE NOT is_mapped) USING (account_code)
GROUP BY account_code
ORDER BY sum(abs(amount_gbp)) DESC, account_code
"""

_SURVEY_TEAMS = f"""
WITH nowhere AS (
    SELECT DISTINCT provider_code, split_part(batch_id, '-', 1) AS content_id, row_number
    FROM vm.fact_survey
    WHERE team_code = '{UNALLOCATED}'
)
SELECT nowhere.provider_code, answer.survey_code, answer.team_name, NULL::VARCHAR AS team_code,
       count(DISTINCT (content_id, row_number))::BIGINT AS rows, NULL::VARCHAR AS amount_gbp
FROM staging.survey AS answer
JOIN nowhere USING (content_id, row_number)
WHERE answer.team_name IS NOT NULL
GROUP BY nowhere.provider_code, answer.survey_code, answer.team_name
ORDER BY rows DESC, provider_code, survey_code, team_name
"""


_QUERIES = {
    "cost_centre_map": COST_CENTRES,
    "unit_map": _UNITS,
    "account_map": _ACCOUNTS,
    "survey_team_map": _SURVEY_TEAMS,
}


def unmapped(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[object, ...]]]:
    """By reference file, the rows it lacks, in its columns; of a draft whose core is built."""
    return {name: [*_in_columns(con.execute(sql), columns_of(name))] for name, sql in _QUERIES.items()}


def _in_columns(found: duckdb.DuckDBPyConnection, columns: list[str]) -> Iterator[tuple[object, ...]]:
    names = [name for name, *_ in found.description]
    pick = itemgetter(*map(names.index, columns))
    yield from map(pick, found.fetchall())


def columns_of(name: str) -> list[str]:
    """Columns of a reference file, and so of the list of what it lacks."""
    return [column.name for column in REFERENCES[name].contract.columns]


def write_unmapped(con: duckdb.DuckDBPyConnection, folder: Path) -> list[Path]:
    """Write the lists as CSV, each whole or not at all. A list of nothing is written too: it replaces yesterday's."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_written(folder / f"{name}.csv", columns_of(name), rows) for name, rows in unmapped(con).items()]


def _written(path: Path, columns: list[str], rows: list[tuple[object, ...]]) -> Path:
    draft = path.with_name(f".{path.stem}-{uuid.uuid4().hex}")
    with draft.open("x", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])
    return draft.replace(path)
