"""Facts: accepted rows, each with its batch and row number.

Belongs here: what a row of a file says, by team. Does not belong here: sums over rows (teams).
"""

from vm_pipeline.warehouse.tables.columns import (
    DAY,
    FLAG,
    MOMENT,
    PARTS,
    PEOPLE,
    POUNDS,
    QUANTITY,
    ROW_NUMBER,
    SMALL,
    TEXT,
    WHOLE,
    batch_id,
    key,
    provider,
    table,
    team,
    value,
)

fact_cost = table(
    "fact_cost",
    "One row a ledger line and team it is shared to.",
    provider(),
    team(),
    value("cost_centre_code", TEXT, "Cost centre.", True),
    value("account_code", TEXT, "Account.", True),
    value("cost_category", TEXT, "Kind of cost.", True),
    value("is_direct", FLAG, "Whether the account counts as direct cost.", True),
    value("posting_date", DAY, "Day of posting.", True),
    value("week_start", DAY, "Monday of the posting date; empty for ledger periods 0, 13 and 14."),
    value("period", TEXT, "Month of the cost, by the ledger's own period; empty for period 0 (brought forward)."),
    value("financial_year", TEXT, "Financial year of the ledger period.", True),
    value("ledger_period", SMALL, "Accounting period, 0 to 14.", True),
    value("amount_gbp", POUNDS, "The team's share of the line, in whole pence.", True),
    batch_id(),
    key(
        ROW_NUMBER[0],
        WHOLE,
        f"{ROW_NUMBER[2]} Below zero: row of the batch before it in the year, taken off because the ledger is sent "
        "year to date.",
    ),
    large=True,
)
fact_budget = table(
    "fact_budget",
    "One row a line of budget.csv and team it is shared to, as costs are on the last day of its month.",
    provider(),
    team(),
    value("cost_centre_code", TEXT, "Cost centre.", True),
    value("account_code", TEXT, "Account.", True),
    value("cost_category", TEXT, "Kind of cost.", True),
    value("period", TEXT, "Month of the budget, by its ledger period; what is brought forward (0) is left out.", True),
    value("financial_year", TEXT, "Financial year.", True),
    value("ledger_period", SMALL, "Accounting period, 1 to 14.", True),
    value("amount_gbp", POUNDS, "The team's share of the pounds, in whole pence."),
    value("wte", PARTS, "The team's share of the funded whole-time equivalents."),
    batch_id(),
    key(*ROW_NUMBER),
    large=True,
)
fact_activity = table(
    "fact_activity",
    "One row a live activity record.",
    value("provider_code", TEXT, "Health board or trust.", True),
    value("team_code", TEXT, "Team of the unit on the day it began.", True),
    value("unit_code", TEXT, "Ward, clinic, kitchen.", True),
    key("measure_code", TEXT, "What was done or counted."),
    value("start_at", MOMENT, "When it began, Europe/London.", True),
    value("end_at", MOMENT, "When it ended; empty while it lasts."),
    value("quantity", QUANTITY, "How many.", True),
    value("outcome_code", TEXT, "How it came out."),
    value("period", TEXT, "Month it began in.", True),
    batch_id(),
    key(*ROW_NUMBER),
    large=True,
)
fact_survey = table(
    "fact_survey",
    "One row an answer, or a team's answers to a question where they were sent added up. No respondent.",
    value("provider_code", TEXT, "Health board or trust.", True),
    value("team_code", TEXT, "Team of the programme.", True),
    value("survey_code", TEXT, "Survey.", True),
    value("wave_date", DAY, "Day of the wave.", True),
    key("question_code", TEXT, "Question."),
    value("score", SMALL, "Points on the question's scale; empty for answers added up."),
    value(
        "is_positive", FLAG, "Whether the answer is positive; empty where no answer of the question is, or added up."
    ),
    value("answers", WHOLE, "Answers the row stands for.", True),
    value("positive", PEOPLE, "How many of them are positive; empty where no answer of the question is."),
    value("period", TEXT, "Month of the wave.", True),
    batch_id(),
    key(*ROW_NUMBER),
    large=True,
)
