"""The star: facts of keys and of what may be added up, dimensions with names, one date table.

Belongs here: views that are joined to each other. Does not belong here: views with everything in one row (wide).
"""

from vm_pipeline.warehouse.tables.columns import DAY, FLAG, PEOPLE, POUNDS, SMALL, TEXT, WHOLE
from vm_pipeline.warehouse.tables.dimensions import (
    dim_account,
    dim_cost_centre,
    dim_date,
    dim_indicator,
    dim_provider,
    dim_team,
)
from vm_pipeline.warehouse.tables.facts import fact_activity, fact_cost, fact_survey
from vm_pipeline.warehouse.tables.teams import team_month
from vm_pipeline.warehouse.views.columns import date_key, every, own, provider_key, same, team_key, view

_ADDITIVE = tuple(c.name for c in team_month.columns if not c.primary_key and not c.nullable)

bi_dim_provider = view("bi_dim_provider", "One row a provider.", ("provider_code",), *every(dim_provider))
bi_dim_team = view(
    "bi_dim_team",
    "One row a team, named as it is now; UNALLOCATED is a team of every provider.",
    ("team_key",),
    own("team_key", TEXT, "Provider and team: facts are joined by it.", True),
    *every(dim_team, "provider_code"),
    *every(dim_provider, "provider_name"),
    *every(dim_team, "team_code", "team_name", "service", "care_setting"),
    own("is_unallocated", FLAG, "Whether it is the team of what nobody has mapped yet.", True),
)
bi_dim_cost_centre = view(
    "bi_dim_cost_centre",
    "One row a cost centre, mapped or met in a ledger.",
    ("cost_centre_key",),
    own("cost_centre_key", TEXT, "Provider and cost centre: cost is joined by it.", True),
    *every(dim_cost_centre, "provider_code", "cost_centre_code", "is_mapped"),
)
bi_dim_account = view(
    "bi_dim_account",
    "One row an account, mapped or met in a ledger.",
    ("account_code",),
    *every(dim_account, "account_code", "account_name", "cost_category", "is_direct", "is_mapped"),
)
bi_dim_indicator = view(
    "bi_dim_indicator",
    "One row an indicator of the catalogue.",
    ("indicator_code",),
    *every(dim_indicator, "indicator_code", "indicator_name", "block", "kind", "unit", "direction", "factor"),
    *every(dim_indicator, "chart", "profile", "meaning", "formula", "notes"),
)
bi_dim_date = view(
    "bi_dim_date",
    "The date table: one row a day, without a gap, of every financial year that has data.",
    ("date",),
    *every(dim_date, "date", "week_start", "iso_year", "iso_week", "period"),
    own("month_start", DAY, "First day of its month.", True),
    own("month_name", TEXT, "`Jan` to `Dec`: sort it by month_of_financial_year.", True),
    own("month_of_financial_year", SMALL, "1 = April … 12 = March.", True),
    *every(dim_date, "financial_quarter", "quarter_name", "financial_year", "is_working_day"),
    date_table="date",
)

bi_fact_cost = view(
    "bi_fact_cost",
    "One row a ledger line and team it is shared to, without what was brought forward (ledger period 0).",
    ("team_key", "batch_id", "row_number"),
    provider_key(),
    team_key(),
    own("cost_centre_key", TEXT, "Provider and cost centre.", True, "bi_dim_cost_centre"),
    same(fact_cost.c.account_code, "bi_dim_account"),
    date_key("First day of the month of the cost"),
    *every(fact_cost, "posting_date", "amount_gbp"),
    own("direct_cost_gbp", POUNDS, "Of it direct cost, without income, capital and recharges.", True),
    own("total_cost_gbp", POUNDS, "Of it all but capital.", True),
    *every(fact_cost, "batch_id", "row_number"),
)
bi_fact_activity = view(
    "bi_fact_activity",
    "One row a live activity record.",
    ("measure_code", "batch_id", "row_number"),
    provider_key(),
    team_key(),
    date_key("Day it began"),
    own("ended_on", DAY, "Day it ended; empty while it lasts."),
    *every(fact_activity, "unit_code", "measure_code", "outcome_code", "quantity", "batch_id", "row_number"),
    filters=("measure_code",),
)
bi_fact_survey = view(
    "bi_fact_survey",
    "One row an answer, or a team's answers to a question where they were sent added up.",
    ("question_code", "batch_id", "row_number"),
    provider_key(),
    team_key(),
    date_key("Day of the wave"),
    *every(fact_survey, "survey_code", "question_code", "answers"),
    own("answers_counted", WHOLE, "Answers to questions that have a positive answer: divide by these.", True),
    own("positive", PEOPLE, "How many of these are positive.", True),
    *every(fact_survey, "batch_id", "row_number"),
)
bi_fact_team_month = view(
    "bi_fact_team_month",
    "One row a team and month: cost beside work, only what may be added up.",
    ("team_key", "period"),
    provider_key(),
    team_key(),
    date_key("First day of the month"),
    *every(team_month, "period", *_ADDITIVE),
)
