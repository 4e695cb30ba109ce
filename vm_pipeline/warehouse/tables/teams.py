"""Cost beside performance, per team and time, and what the programme gained by it.

Belongs here: sums of facts by team, week and month; savings, huddles and coaches. Does not belong here: indicators.
"""

from vm_pipeline.warehouse.tables.columns import (
    DAY,
    FLAG,
    NUMBER,
    PEOPLE,
    POUNDS,
    QUANTITY,
    RATIO,
    TEXT,
    WHOLE,
    key,
    provider,
    saving_case,
    table,
    team,
    value,
)

_MONEY_OF_TEAM = {
    "direct_cost_gbp": "Direct accounts, without income, capital and recharges.",
    "total_cost_gbp": "Everything but capital.",
    "pay_gbp": "Substantive and supplementary pay.",
    "supplementary_pay_gbp": "Bank, agency and overtime.",
    "drugs_gbp": "Drugs.",
    "food_gbp": "Food.",
    "supplies_gbp": "Supplies.",
    "other_gbp": "Other, unmapped accounts included.",
}
_WORK_OF_TEAM = {
    "admissions": "Inpatient stays that began in the month.",
    "discharges": "Inpatient stays that ended in the month.",
    "bed_days": "Occupied bed days.",
    "referrals_accepted": "Referrals accepted.",
    "referrals_returned": "Referrals returned.",
    "attendances": "Appointments attended.",
    "dnas": "Appointments not attended.",
    "treatments_hospital": "Treatments in hospital.",
    "treatments_community": "Treatments in the community.",
    "items_issued": "Items issued.",
    "falls": "Falls.",
}
_RATIOS_OF_TEAM = {
    "cost_per_bed_day_gbp": "Direct cost per bed day.",
    "cost_per_attendance_gbp": "Direct cost per attendance.",
    "returned_pct": "Returned, of referrals decided.",
    "dna_pct": "Not attended, of appointments attended or not.",
    "positive_pct": "Positive, of survey answers counted.",
}

team_month = table(
    "team_month",
    "One row a provider, team and month in which any feed has a fact: cost beside performance.",
    provider(),
    team(),
    key("period", TEXT, "Month."),
    *(value(name, POUNDS, comment, True) for name, comment in _MONEY_OF_TEAM.items()),
    *(value(name, QUANTITY, comment, True) for name, comment in _WORK_OF_TEAM.items()),
    value("survey_answers", WHOLE, "Answers to questions that have a positive answer.", True),
    value("survey_positive", PEOPLE, "How many of them are positive.", True),
    *(value(name, RATIO, comment) for name, comment in _RATIOS_OF_TEAM.items()),
)

saving = table(
    "saving",
    "One row a declared saving and pair of windows.",
    provider(),
    *saving_case(),
    value(
        "window_grain", TEXT, "`month`: cost by ledger month; `day`: by posting date, without periods 13 and 14.", True
    ),
    value("days_before", NUMBER, "Days of the window before.", True),
    value("days_after", NUMBER, "Days of the window after.", True),
    value("baseline_cost_gbp", POUNDS, "Cost of the window before, not scaled; empty for a pathway."),
    value("baseline_gbp", POUNDS, "What the window after would have cost as before."),
    value("actual_gbp", POUNDS, "What it did cost; of a pathway the cost where it moved to, and the one-off cost."),
    value("saving_gbp", POUNDS, "Baseline less actual: above 0 is saved. Empty where the baseline is 0 or less."),
    value("saving_pct", RATIO, "Saving, of the baseline."),
    value("price_gbp", POUNDS, "Part of the saving that lower prices made."),
    value("activity_gbp", POUNDS, "Part that less activity made, days being equal."),
    value("efficiency_gbp", POUNDS, "Part that less volume for each unit of activity made, and what rounding left."),
    value("price_and_efficiency_gbp", POUNDS, "Saving less the part of activity: a lower cost for a unit of activity."),
    value("gross_saving_gbp", POUNDS, "Cost avoided where it used to arise."),
    value("moved_cost_gbp", POUNDS, "Cost that arises elsewhere instead."),
    value("one_off_gbp", POUNDS, "Cost of the change itself.", True),
    value("net_saving_gbp", POUNDS, "Gross less moved and one-off cost."),
    value("is_cash_releasing", FLAG, "Whether money can be taken out of a budget.", True),
    value("volume_before", QUANTITY, "Volume bought or moved, window before; empty where none is declared."),
    value("volume_after", QUANTITY, "The same, window after."),
    value("activity_before", QUANTITY, "Activity that drives it, window before; empty where none is declared."),
    value("activity_after", QUANTITY, "The same, window after."),
    value("balancing_measure", TEXT, "Harm that must not rise."),
    value("balancing_base_measure", TEXT, "Per 1,000 of what it is counted."),
    value("balancing_before", QUANTITY, "How often, window before."),
    value("balancing_after", QUANTITY, "How often, window after."),
    value("balancing_before_per_1000", RATIO, "Per 1,000 of its base, window before."),
    value("balancing_after_per_1000", RATIO, "Per 1,000 of its base, window after."),
    value("balancing_held", FLAG, "Whether its rate is no higher after than before; empty where that is not known."),
    value(
        "months_missing",
        WHOLE,
        "Months of both windows of which the ledger is not there as a whole, or activity that is counted.",
        True,
    ),
    value("status", TEXT, "`final`, or `provisional` while months are missing.", True),
    value(
        "reason",
        TEXT,
        "Why parts are empty: `no_baseline`, `no_activity`, `no_volume`, `no_price`, `pathway`, `too_large`.",
    ),
)

huddle_week = table(
    "huddle_week",
    "One row a team and week in which it met.",
    provider(),
    team(),
    key("week_start", DAY, "Monday of the week."),
    value("has_clinical", FLAG, "Whether anybody clinical was there.", True),
    value("has_finance", FLAG, "Whether anybody of finance was there.", True),
    value("has_data", FLAG, "Whether anybody of data or business intelligence was there.", True),
    value("role_families", WHOLE, "How many professions were there.", True),
    value("is_extended", FLAG, "Whether all three were.", True),
)
coach_progress = table(
    "coach_progress",
    "One row a provider that has coaches.",
    provider(),
    value("coaches", WHOLE, "Coaches ever in post.", True),
    value("progressed", WHOLE, "How many of them hold a higher band in their last post than in their first.", True),
)
coach_gain = table(
    "coach_gain",
    "One row a provider and item that coaches rate themselves on, 0 to 10.",
    provider(),
    key("item_code", TEXT, "What is rated."),
    value("paired", WHOLE, "Coaches who answered before and after.", True),
    value("points_gained", WHOLE, "Sum of their ratings after less those before.", True),
    value("improved", WHOLE, "How many of them rate themselves higher after.", True),
    value("only_before", WHOLE, "Coaches who answered before only; in no other column.", True),
    value("only_after", WHOLE, "Coaches who answered after only; in no other column.", True),
)
cost_week = table(
    "cost_week",
    "One row a provider, team, cost category, week and ledger month; weeks add up to the month to the penny.",
    provider(),
    team(),
    key("cost_category", TEXT, "Kind of cost."),
    key("is_direct", FLAG, "Whether its accounts count as direct cost."),
    key("cost_timing", TEXT, "`dated`: week of the posting date. `spread`: shared over the days of the month."),
    key("week_start", DAY, "Monday of the week."),
    key("period", TEXT, "Month of the cost, by the ledger's own period; a week across a month end has both."),
    value("amount_gbp", POUNDS, "Pounds, in whole pence.", True),
    large=True,
)
