"""The built core, before anything is published: the ledger reconciles, keys are unique, little is unallocated.

Belongs here: questions asked of the tables of schema `vm`.
Does not belong here: typed batches (totals, suites), declaring keys (warehouse: they are handed in).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

import duckdb

from vm_pipeline.feeds.reference import UNALLOCATED
from vm_pipeline.quality.aside import outside
from vm_pipeline.quality.expectations import Bound
from vm_pipeline.quality.history import Thresholds
from vm_pipeline.quality.verdict import SHOWN, Figure, Verdict, counted, per_cent, pounds, shown, worst_first

_NOT_SHARED = """
SELECT coalesce(sum(reconciled), 0)::DECIMAL(38,2), coalesce(sum(shared), 0)::DECIMAL(38,2),
       count(*) FILTER (coalesce(reconciled, 0) <> coalesce(shared, 0) OR reconciled IS NULL)
FROM (SELECT batch_id, sum(team_total_gbp) AS reconciled FROM vm.reconciliation GROUP BY batch_id)
FULL JOIN (SELECT batch_id, sum(amount_gbp) AS shared FROM vm.fact_cost GROUP BY batch_id) USING (batch_id)
"""
_SUMS = """
SELECT count(*), count(*) FILTER (difference_gbp IS DISTINCT FROM 0), coalesce(sum(ledger_total_gbp), 0)::DECIMAL(38,2),
       coalesce(sum(rejected_gbp), 0)::DECIMAL(38,2), coalesce(sum(superseded_gbp), 0)::DECIMAL(38,2),
       coalesce(sum(year_to_date_before_gbp), 0)::DECIMAL(38,2), coalesce(sum(abs(difference_gbp)), 0)::DECIMAL(38,2)
FROM vm.reconciliation
"""
# Year and period stand in the table as they were sent: only those that can be read may be shown.
_APART = f"""
SELECT provider_code, batch_id,
       CASE WHEN regexp_full_match(financial_year, '[0-9]{{4}}/[0-9]{{2}}') THEN financial_year ELSE '' END,
       CASE WHEN regexp_full_match(ledger_period, '[0-9]|1[0-4]') THEN ledger_period ELSE '' END,
       ledger_total_gbp::DOUBLE, team_total_gbp::DOUBLE, difference_gbp::DOUBLE
FROM vm.reconciliation
WHERE difference_gbp IS DISTINCT FROM 0
ORDER BY abs(difference_gbp) DESC NULLS FIRST
LIMIT {SHOWN}
"""

Made = tuple[str, Sequence[str]] | None  # None = all of it


def check_reconciliation(con: duckdb.DuckDBPyConnection) -> Verdict:
    """Every ledger period of every batch in force: received = rejected + superseded + shared out, to the penny."""
    rows, apart, received, rejected, superseded, before, difference = con.execute(_SUMS).fetchall()[0]
    reconciled, shared, batches_apart = con.execute(_NOT_SHARED).fetchall()[0]
    sums = (
        f"{pounds(received)} received, {pounds(rejected)} rejected, {pounds(superseded)} superseded, "
        f"{f'{pounds(before)} sent before in the year, ' if before else ''}{pounds(shared)} shared out to teams"
    )
    if not apart and not batches_apart:
        message = f"reconciliation: {sums}: no difference in any of {counted(rows, 'ledger period')} of a batch."
        return Verdict("ledger_reconciles", "reconciliation", True, True, message)
    names = (
        "provider_code",
        "batch_id",
        "financial_year",
        "ledger_period",
        "received_gbp",
        "shared_gbp",
        "difference_gbp",
    )
    figures: list[Figure] = [dict(zip(names, row, strict=True)) for row in con.execute(_APART).fetchall()]
    message = (
        f"reconciliation: found {apart:,} of {counted(rows, 'ledger period')} with a difference ({pounds(difference)} "
        f"without signs) and {counted(batches_apart, 'batch', 'batches')} in which fact_cost and reconciliation differ "
        f"({pounds(shared)} against {pounds(reconciled)} in all); expected 0.00. {sums}. Nothing is published until it "
        "holds: report it with these batch ids."
    )
    return Verdict("ledger_reconciles", "reconciliation", False, True, message, tuple(figures))


_AGAIN = """
SELECT concat_ws('/', batch.provider_code, nullif(batch.part, '')), batch.period, batch_id, again.rows, again.amount_gbp
FROM core.key_again AS again
JOIN vm.batch AS batch USING (batch_id)
ORDER BY batch.period, batch_id
"""


def check_key_again(con: duckdb.DuckDBPyConnection) -> Verdict:
    """Ledger lines in force whose key an earlier batch in force has too: sources use journal numbers again, so both
    count; or a line was sent twice. A key twice in one batch is a rejection, and was made in staging.
    """
    found = con.execute(_AGAIN).fetchall()
    if not found:
        message = "ledger: no line in force has the key of a line in an earlier batch in force."
        return Verdict("key_again", "ledger", True, False, message)
    names = ("provider_code", "period", "batch_id", "rows", "amount_gbp")
    figures: list[Figure] = [dict(zip(names, (*row[:-1], float(row[-1])), strict=True)) for row in found]
    rows, amount = sum(row[3] for row in found), sum(row[4] for row in found)
    message = (
        f"ledger: found {counted(rows, 'line')} ({pounds(amount)} net) in {counted(len(found), 'batch', 'batches')} "
        "with the key of a line in an earlier batch in force; both count. Ask the providers whether journal numbers "
        "are used again, or lines were sent twice."
    )
    return Verdict("key_again", "ledger", False, False, message, worst_first(figures, "rows"))


# Of a survey that nobody has declared, every answer. Columns that are no questions (sites, remarks) are left out, too.
_LEFT_OUT = """
SELECT concat_ws('/', provider_code, nullif(part, '')), period, batch_id, rows_accepted, answers_left_out
FROM vm.batch
WHERE is_in_force AND answers_left_out > rows_accepted / 2
  AND answers_left_out > (SELECT count(*) FROM vm.fact_survey AS fact WHERE fact.batch_id = batch.batch_id)
ORDER BY period, batch_id
"""


def check_answers(con: duckdb.DuckDBPyConnection) -> Verdict:
    """Answers that belong to no question of `survey_questions.csv`, or are on no scale of it, are in no figure."""
    names = ("provider_code", "period", "batch_id", "rows", "answers_left_out")
    figures: list[Figure] = [dict(zip(names, row, strict=True)) for row in con.execute(_LEFT_OUT).fetchall()]
    if not figures:
        message = "survey: in no batch in force more answers left out than counted."
        return Verdict("answers_left_out", "batch", True, False, message)
    answers = sum(int(figure["answers_left_out"] or 0) for figure in figures)
    message = (
        f"survey: found {counted(answers, 'answer')} left out of {counted(len(figures), 'batch', 'batches')} in force, "
        "expected fewer than count: to no question of survey_questions.csv, or on no scale of it. Declare the "
        "questions there, or have the answers sent as the scale has them, without columns that are no questions."
    )
    return Verdict("answers_left_out", "batch", False, False, message, worst_first(figures, "answers_left_out"))


def check_facts(
    con: duckdb.DuckDBPyConnection,
    keys: Mapping[str, Sequence[str]],
    thresholds: Thresholds | None = None,
    made: Mapping[str, Made] = MappingProxyType({}),
) -> list[Verdict]:
    """`keys_unique` for every table of `keys` (table → key columns); `share_unallocated` for those of `WEIGHTS`.

    `made`: of a table, the column and the values whose rows were made just now. Only among these are keys looked at:
    every batch is one provider's, so no row of others can have the key of one of these.
    """
    limits = thresholds or Thresholds()
    unique = [_check_key(con, table, columns, made.get(table)) for table, columns in keys.items()]
    return unique + [_check_unallocated(con, table, limits) for table in WEIGHTS]


def _check_key(con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], made: Made) -> Verdict:
    quoted = [f'"{column}"' for column in columns]
    key, any_empty = ", ".join(quoted), " OR ".join(f"{column} IS NULL" for column in quoted)
    # Equal keys have equal hashes: only when hashes repeat are the keys themselves compared.
    those, values = (f"{made[0] or 'batch_id'} IN (SELECT unnest(?))", [[*made[1]]]) if made else ("true", [])
    rows, marks, empty = con.execute(
        f"SELECT count(*), count(DISTINCT hash({key})), count(*) FILTER ({any_empty}) FROM vm.{table} WHERE {those}",
        values,
    ).fetchall()[0]
    again = 0 if marks == rows else _repeated(con, table, key)
    looked_at = counted(rows, "row") + (" made anew" if made else "")
    message = f"{table}: {looked_at}, each with a key ({', '.join(columns)}) of its own."
    if again or empty:
        message = (
            f"{table}: found {counted(again, 'row')} with the key of another and {empty:,} with an empty key part; "
            f"expected one row for each {', '.join(columns)}. Nothing is published until it holds: report it."
        )
    figures: tuple[Figure, ...] = ({"rows": rows, "repeated": again, "empty_key": empty},) if again or empty else ()
    return Verdict("keys_unique", table, not figures, True, message, figures)


def _repeated(con: duckdb.DuckDBPyConnection, table: str, key: str) -> int:
    sql = f"SELECT coalesce(sum(rows - 1), 0)::BIGINT FROM (SELECT count(*) AS rows FROM vm.{table} GROUP BY {key})"
    return int(con.execute(sql).fetchall()[0][0])


# Facts that feeds bring: what a row weighs, its unit, the feed that decides which months are recent, the list that
# mends it.
WEIGHTS = {
    "fact_cost": ("abs(amount_gbp)", "pounds (whatever their sign)", "ledger", "cost_centre_map.csv"),
    "fact_activity": ("1", "rows", "activity", "unit_map.csv"),
    "fact_survey": ("answers", "answers", "survey", "survey_team_map.csv"),
}
# Recent by the batches in force: a mistyped date in a row cannot move the window.
_SHARES = """
WITH recent AS (
    SELECT max(right(period, 7)) AS last FROM vm.batch WHERE is_in_force AND feed = '{feed}'
)
SELECT provider_code, period, coalesce(sum({weight}) FILTER (team_code = '{unallocated}'), 0)::DOUBLE,
       sum({weight})::DOUBLE
FROM vm.{table}, recent
WHERE period <= recent.last AND period > strftime((recent.last || '-01')::DATE - INTERVAL {months} MONTH, '%Y-%m')
GROUP BY provider_code, period
ORDER BY provider_code, period
"""


def _check_unallocated(con: duckdb.DuckDBPyConnection, table: str, limits: Thresholds) -> Verdict:
    weight, unit, feed, mend = WEIGHTS[table]
    sql = _SHARES.format(feed=feed, weight=weight, table=table, unallocated=UNALLOCATED, months=limits.recent_months)
    months = con.execute(sql).fetchall()
    rows = [{"share": part / whole if whole else None} for _, _, part, whole in months]
    places = outside(f"{table} unallocated", rows, [Bound("share", None, limits.share_unallocated)])["share"]
    figures: list[Figure] = [
        {"provider_code": one, "period": period, "unallocated": part, "all": whole, "share": shown(part / whole)}
        for one, period, part, whole in (months[place] for place in places)
    ]
    part, whole = (Decimal(sum(month[place] for month in months)) for place in (2, 3))
    share = per_cent(float(part / whole) if whole else 0.0)
    message = f"{table}: {share} of {unit} of the last {limits.recent_months} months are on {UNALLOCATED}"
    message += (
        f"; found {counted(len(figures), 'month')} of a provider with more than {per_cent(limits.share_unallocated)}. "
        f"Fill in the list of unmapped codes, {mend}."
        if figures
        else f", in no month of a provider more than {per_cent(limits.share_unallocated)}."
    )
    return Verdict("share_unallocated", table, not figures, False, message, worst_first(figures, "share"))
