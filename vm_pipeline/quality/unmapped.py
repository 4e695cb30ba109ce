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

# Spans of days on which a code is on no team, cut where it is on one again: a row over the whole time would overlap
# the map's own rows and be refused. The last span is left open, or ends before the map's next row begins.
_SPANS = """
WITH candidate AS (
    SELECT DISTINCT provider_code, {code} FROM vm.{fact} WHERE team_code = '{unallocated}'
),
line AS (
    SELECT provider_code, {code}, {day} AS day, batch_id, row_number,
           bool_and(team_code = '{unallocated}') AS is_open, sum({amount}) AS amount
    FROM vm.{fact}
    SEMI JOIN candidate USING (provider_code, {code})
    GROUP BY ALL
),
day AS (
    SELECT provider_code, {code}, day, bool_and(is_open) AS is_open, count(*) AS lines,
           sum(amount) AS amount, sum(abs(amount)) AS gross
    FROM line
    GROUP BY ALL
),
cut AS (
    SELECT *, is_open IS DISTINCT FROM lag(is_open) OVER one_code AS is_cut FROM day
    WINDOW one_code AS (PARTITION BY provider_code, {code} ORDER BY day)
),
span AS (
    SELECT *, count_if(is_cut) OVER (PARTITION BY provider_code, {code} ORDER BY day) AS place,
           max(day) OVER (PARTITION BY provider_code, {code}) AS last_day
    FROM cut
),
later AS (
    SELECT provider_code, {code}, min(valid_from) - 1 AS until
    FROM vm.{dimension}
    JOIN (SELECT DISTINCT provider_code, {code}, last_day FROM span) USING (provider_code, {code})
    WHERE {is_mapped} AND valid_from > last_day
    GROUP BY provider_code, {code}
)
SELECT provider_code, {code}, NULL::VARCHAR AS team_code, '1' AS share, min(day)::VARCHAR AS valid_from,
       CASE WHEN max(day) < any_value(last_day) THEN max(day) ELSE any_value(until) END::VARCHAR AS valid_to,
       sum(lines)::BIGINT AS rows, sum(amount)::DECIMAL(18,2)::VARCHAR AS amount_gbp
FROM span
LEFT JOIN later USING (provider_code, {code})
WHERE is_open
GROUP BY provider_code, {code}, place
ORDER BY {largest} DESC, provider_code, {code}, valid_from
"""
_COST_CENTRES = _SPANS.format(
    code="cost_centre_code",
    fact="fact_cost",
    day="posting_date",
    amount="amount_gbp",
    dimension="dim_cost_centre",
    is_mapped="is_mapped",
    unallocated=UNALLOCATED,
    largest="sum(gross)",
)
_UNITS = _SPANS.format(
    code="unit_code",
    fact="fact_activity",
    day="start_at::DATE",
    amount="NULL::DECIMAL(18,2)",
    dimension="dim_unit",
    is_mapped=f"team_code <> '{UNALLOCATED}'",
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


def unmapped(con: duckdb.DuckDBPyConnection, survey_answers: str = "") -> "dict[str, pd.DataFrame]":
    """By reference file, the rows it lacks, in its columns.

    Survey teams are published by code only, so their names must be handed in: `survey_answers` names a relation with
    `content_id`, `row_number`, `survey_code` and `team_name` (staging's view of the survey). Without it, no such list.
    """
    queries = {"cost_centre_map": _COST_CENTRES, "unit_map": _UNITS, "account_map": _ACCOUNTS}
    if survey_answers:
        queries["survey_team_map"] = _SURVEY_TEAMS.format(answers=survey_answers)
    return {name: con.execute(sql).df()[_columns(name)] for name, sql in queries.items()}


def _columns(name: str) -> list[str]:
    return [column.name for column in REFERENCES[name].contract.columns]


def write_unmapped(con: duckdb.DuckDBPyConnection, folder: Path, survey_answers: str = "") -> list[Path]:
    """Write the lists as CSV, each whole or not at all. A list of nothing is written too: it replaces yesterday's."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, frame in unmapped(con, survey_answers).items():
        path = folder / f"{name}.csv"
        draft = folder / f".{name}-{uuid.uuid4().hex}"
        frame.to_csv(draft, index=False, lineterminator="\n")
        written.append(draft.replace(path))
    return written
