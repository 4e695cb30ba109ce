"""Codes that no reference row maps, as reference files ready to be filled in, the largest first.

Belongs here: finding them in the published facts, and writing the lists.
Does not belong here: judging how much that is (core), reading the lists once filled in (staging, like any reference).

A list names codes and survey teams, because that is what it is for; it goes to the people who keep the maps, and into
no log and no verdict.
"""

import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from vm_pipeline.feeds.reference import REFERENCES, UNALLOCATED

if TYPE_CHECKING:
    import pandas as pd

# The days on which a code is on no team, in spans: a row over the whole time would overlap the map's own rows and be
# refused. A span ends where the code is on a team again, and before the next row of the map; the last one is open.
# On a day that is open every line is whole, and so one row.
_SPANS = """
WITH candidate AS (
    SELECT DISTINCT provider_code, {code} FROM vm.{fact} WHERE team_code = '{unallocated}'
),
day AS (
    SELECT provider_code, {code}, {day} AS day, bool_and(team_code = '{unallocated}') AS is_open, count(*) AS lines,
           sum({amount}) AS amount, sum(abs({amount})) AS gross
    FROM vm.{fact}
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
       sum(lines)::BIGINT AS rows, sum(amount)::DECIMAL(18,2)::VARCHAR AS amount_gbp
FROM bounded
GROUP BY provider_code, {code}, place, until
ORDER BY {largest} DESC, provider_code, {code}, valid_from
"""


def _cost_centres(cost_centre_map: str) -> str:
    return _SPANS.format(
        code="cost_centre_code",
        fact="fact_cost",
        day="posting_date",
        amount="amount_gbp",
        map=cost_centre_map,
        unallocated=UNALLOCATED,
        largest="sum(gross)",
    )


_UNITS = _SPANS.format(
    code="unit_code",
    fact="fact_activity",
    day="start_at::DATE",
    amount="NULL::DECIMAL(18,2)",
    map="vm.dim_unit",
    unallocated=UNALLOCATED,
    largest="rows",
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
FROM {{answers}} AS answer
JOIN nowhere USING (content_id, row_number)
WHERE answer.team_name IS NOT NULL
GROUP BY nowhere.provider_code, answer.survey_code, answer.team_name
ORDER BY rows DESC, provider_code, survey_code, team_name
"""


def unmapped(
    con: duckdb.DuckDBPyConnection, survey_answers: str = "", cost_centre_map: str = "vm.dim_cost_centre"
) -> "dict[str, pd.DataFrame]":
    """By reference file, the rows it lacks, in its columns.

    Two things are not published, and are told where they stand while a warehouse is being built. `survey_answers`:
    `content_id`, `row_number`, `survey_code` and `team_name` of answers (staging's view of the survey); without it
    there is no list of survey teams. `cost_centre_map`: the map in force; without it a span may reach into a row of the
    map, other than the cost centre's first, before anything was posted under that row.
    """
    queries = {"cost_centre_map": _cost_centres(cost_centre_map), "unit_map": _UNITS, "account_map": _ACCOUNTS}
    if survey_answers:
        queries["survey_team_map"] = _SURVEY_TEAMS.format(answers=survey_answers)
    return {name: con.execute(sql).df()[_columns(name)] for name, sql in queries.items()}


def _columns(name: str) -> list[str]:
    return [column.name for column in REFERENCES[name].contract.columns]


def write_unmapped(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    survey_answers: str = "",
    cost_centre_map: str = "vm.dim_cost_centre",
) -> list[Path]:
    """Write the lists as CSV, each whole or not at all. A list of nothing is written too: it replaces yesterday's."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, frame in unmapped(con, survey_answers, cost_centre_map).items():
        path = folder / f"{name}.csv"
        draft = folder / f".{name}-{uuid.uuid4().hex}"
        frame.to_csv(draft, index=False, lineterminator="\n")
        written.append(draft.replace(path))
    return written
