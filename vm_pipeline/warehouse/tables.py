"""The published warehouse: every table, column, key and comment, declared once.

Belongs here: what readers see. DDL, dictionary, fingerprint and tests derive from these declarations.
Does not belong here: how a table is filled (sql/core, sql/marts), where it is published (snapshot).

Money is decimal(18,2) in pounds and ends in `_gbp`; percentages are 0-100 and end in `_pct`; months are `YYYY-MM`;
weeks are named by their Monday.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Table,
)
from sqlalchemy.types import TypeEngine

from vm_pipeline.indicators.catalogue import BOX_SCORE
from vm_pipeline.indicators.entry import BLOCKS, Indicator

SCHEMA = "vm"
METADATA = MetaData(schema=SCHEMA)

TEXT, DAY, MOMENT, FLAG, WHOLE = String(), Date(), DateTime(), Boolean(), BigInteger()
RATIO: Double[float] = Double()
UNIT_PRICE = Numeric(18, 6)
SMALL, NUMBER = SmallInteger(), Integer()
POUNDS, QUANTITY, PEOPLE, PARTS = Numeric(18, 2), Numeric(18, 3), Numeric(18, 9), Numeric(38, 9)

_Kind = TypeEngine[Any]


def _key(name: str, kind: _Kind, comment: str) -> Column[Any]:
    return Column(name, kind, primary_key=True, autoincrement=False, comment=comment)


def _value(name: str, kind: _Kind, comment: str, required: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=not required, comment=comment)


def _table(name: str, grain: str, *columns: Column[Any], large: bool = False, varies: tuple[str, ...] = ()) -> Table:
    """`large`: the key holds by construction and is not enforced by an index. `varies`: outside the fingerprint."""
    return Table(name, METADATA, *columns, comment=grain, info={"large": large, "varies": varies})


def _provider() -> Column[Any]:
    return _key("provider_code", TEXT, "Health board or trust.")


def _team() -> Column[Any]:
    return _key("team_code", TEXT, "Team of the programme; UNALLOCATED where no reference row maps the source.")


def _batch() -> Column[Any]:
    return _key("batch_id", TEXT, "Batch the row came from.")


def _span(first: Column[Any] | None = None) -> tuple[Column[Any], Column[Any]]:
    start = first if first is not None else _value("valid_from", DAY, "First day it holds; empty = always.")
    return start, _value("valid_to", DAY, "Last day it holds; empty = until further notice.")


def _saving_case() -> tuple[Column[Any], ...]:
    return (
        _key("case_code", TEXT, "The saving."),
        _key("baseline_from", DAY, "First day of the window before."),
        _key("baseline_to", DAY, "Last day of it."),
        _key("after_from", DAY, "First day of the window after."),
        _key("after_to", DAY, "Last day of it."),
        _value("case_name", TEXT, "Its name."),
        _value("team_code", TEXT, "Team whose cost it is.", True),
        _value("method", TEXT, "`window`, or `pathway` for what moved elsewhere.", True),
        _value("scale_by", TEXT, "What the window before is scaled by: `days` or `activity`.", True),
    )


def _measure(one: Indicator) -> tuple[Column[Any], ...]:
    """Value, baseline and target of one measure of the box score. Weekly pounds are DOUBLE where they are ratios."""
    kind = POUNDS if one.kind == "sum" and one.unit == "£" else RATIO
    said = f"{one.block.capitalize()}. {one.name}, {one.unit} ({one.code})"
    return (
        _value(one.column, kind, f"{said}."),
        _value(f"{one.column}_baseline", kind, f"{said}: baseline of the target in force."),
        _value(f"{one.column}_target", kind, f"{said}: target in force."),
    )


_ROW = ("row_number", WHOLE, "Row in the file received: 1 = the first below the header.")

dim_provider = _table(
    "dim_provider",
    "One row a provider.",
    _provider(),
    _value("provider_name", TEXT, "Its name; the code where none is known."),
)
dim_team = _table(
    "dim_team",
    "One row a team and span of days; UNALLOCATED is a team of every provider.",
    _provider(),
    _team(),
    _key("valid_from", DAY, "First day the row holds; 1900-01-01 = always."),
    _value("valid_to", DAY, "Last day the row holds; empty = until further notice."),
    _value("team_name", TEXT, "Its name."),
    _value("service", TEXT, "Service it belongs to."),
    _value("care_setting", TEXT, "Ward, clinic, community, kitchen …"),
)
dim_cost_centre = _table(
    "dim_cost_centre",
    "One row a cost centre, mapped or met in a ledger.",
    _provider(),
    _key("cost_centre_code", TEXT, "Cost centre."),
    _value("is_mapped", FLAG, "Whether a reference row maps it to a team.", True),
    _value("is_in_ledger", FLAG, "Whether a ledger in force has cost on it.", True),
    *_span(),
)
dim_account = _table(
    "dim_account",
    "One row an account, mapped or met in a ledger.",
    _key("account_code", TEXT, "Account."),
    _value("account_name", TEXT, "Its name."),
    _value("cost_category", TEXT, "Kind of cost; `other` where no reference row maps it.", True),
    _value("is_direct", FLAG, "Whether it counts as direct cost.", True),
    _value("cost_timing", TEXT, "`dated` by posting date, or `spread` over the days of the month.", True),
    _value("is_mapped", FLAG, "Whether a reference row maps it.", True),
)
dim_unit = _table(
    "dim_unit",
    "One row a unit, team and span of days; unmapped units stand with UNALLOCATED.",
    _provider(),
    _key("unit_code", TEXT, "Ward, clinic, kitchen."),
    _key("valid_from", DAY, "First day the row holds; 1900-01-01 = always."),
    _value("valid_to", DAY, "Last day the row holds; empty = until further notice."),
    _value("team_code", TEXT, "Team it belongs to.", True),
)
dim_price = _table(
    "dim_price",
    "One row an item and span of days.",
    _provider(),
    _key("item_code", TEXT, "Item."),
    _key("valid_from", DAY, "First day the price holds; 1900-01-01 = always."),
    _value("valid_to", DAY, "Last day the price holds; empty = until further notice."),
    _value("price", UNIT_PRICE, "Pounds for one unit.", True),
)
dim_saving_case = _table(
    "dim_saving_case",
    "One row a declared saving and pair of windows.",
    _provider(),
    *_saving_case(),
    _value("cost_centre_code", TEXT, "Only cost of this cost centre; empty = all of the team's."),
    _value("account_code", TEXT, "Only this account, direct or not; empty = direct cost."),
    _value("volume_measure", TEXT, "What is bought, or what moved."),
    _value("item_code", TEXT, "Price of one unit of it; empty = cost over volume."),
    _value("moved_item_code", TEXT, "Price of one unit where it moved to."),
    _value("activity_measure", TEXT, "What drives the volume or cost."),
    _value("activity_team_codes", TEXT, "Teams whose activity drives it, `A|B`.", True),
    _value("balancing_measure", TEXT, "Harm of the team that must not rise."),
    _value("balancing_base_measure", TEXT, "Per 1,000 of what it is counted."),
    _value("one_off_gbp", POUNDS, "Cost of the change itself.", True),
    _value("is_cash_releasing", FLAG, "Whether money can be taken out of a budget.", True),
)
dim_indicator = _table(
    "dim_indicator",
    "One row an indicator of the catalogue.",
    _key("indicator_code", TEXT, "Code in the catalogue."),
    _value("indicator_name", TEXT, "Its name.", True),
    _value("kind", TEXT, "How it is computed and rolled up.", True),
    _value("numerator", TEXT, "What is counted; empty where no ingredients are added up."),
    _value("denominator", TEXT, "Per what; empty for a sum."),
    _value("factor", NUMBER, "Scales the ratio: 100 for per cent.", True),
    _value("unit", TEXT, "Unit of the value.", True),
    _value("direction", TEXT, "`higher`, `lower` is better, or `neutral`.", True),
    _value("grains", TEXT, "`week`, `month`, `event`, with a bar between; empty where it is not in indicator_value."),
    _value("levels", TEXT, "Levels it has values for, with a bar between.", True),
    _value("block", TEXT, "Block of the box score; empty = not in it."),
    _value("team_week_column", TEXT, "Its column in team_week."),
    _value("team_month_column", TEXT, "Its column in team_month."),
    _value("sources", TEXT, "What of which feeds and reference files it needs, with a bar between."),
    _value("minimum", WHOLE, "A smaller denominator is provisional.", True),
    _value("lag_weeks", NUMBER, "Weeks after its own before a week is final.", True),
    _value("lag_months", NUMBER, "Months after its own before a month is final.", True),
    _value("is_sampled", FLAG, "Whether only sampled periods have a value.", True),
    _value("chart", TEXT, "Kind of run or control chart."),
    _value("profile", TEXT, "The rule profile that raises its signals."),
    _value("meaning", TEXT, "What it says.", True),
    _value("formula", TEXT, "In words of ingredients.", True),
    _value("example", TEXT, "One value worked by hand.", True),
    _value("notes", TEXT, "Traps."),
    _value("is_available", FLAG, "Whether any value of it is published.", True),
    _value("absent_because", TEXT, "Why none is."),
)
dim_date = _table(
    "dim_date",
    "One row a day, of every financial year that has data.",
    _key("date", DAY, "The day."),
    _value("period", TEXT, "Its month.", True),
    _value("week_start", DAY, "Monday of its week.", True),
    _value("iso_year", SMALL, "Year of its ISO week.", True),
    _value("iso_week", SMALL, "ISO week.", True),
    _value("financial_year", TEXT, "Financial year, April to March.", True),
    _value("financial_quarter", SMALL, "1 = April to June.", True),
    _value("quarter_name", TEXT, "The quarter as statistics name it, `Apr-Jun 2022`.", True),
    _value("ledger_period", SMALL, "1 = April … 12 = March.", True),
    _value("is_working_day", FLAG, "Monday to Friday and no public holiday.", True),
)
dim_period = _table(
    "dim_period",
    "One row a month, of every financial year that has data.",
    _key("period", TEXT, "The month."),
    _value("first_day", DAY, "Its first day.", True),
    _value("last_day", DAY, "Its last day.", True),
    _value("days", SMALL, "Its days.", True),
    _value("working_days", SMALL, "Its working days.", True),
    _value("financial_year", TEXT, "Financial year, April to March.", True),
    _value("financial_quarter", SMALL, "1 = April to June.", True),
    _value("quarter_name", TEXT, "The quarter as statistics name it, `Apr-Jun 2022`.", True),
    _value("ledger_period", SMALL, "1 = April … 12 = March.", True),
)
batch = _table(
    "batch",
    "One received version of (feed, provider, periods).",
    _key("batch_id", TEXT, "From the content and what it stands for; `-2` when an older content came back."),
    _value("feed", TEXT, "Feed.", True),
    _value("provider_code", TEXT, "Health board or trust; empty for reference files."),
    _value("period", TEXT, "Month, or first and last month; empty for reference files."),
    _value("part", TEXT, "Which of several systems that send one feed; empty where there is one.", True),
    _value("sha256", TEXT, "Hash of the file received.", True),
    _value("received_at", MOMENT, "When, UTC.", True),
    _value("superseded_at", MOMENT, "When the last of its months was taken over by a later version, UTC."),
    _value("is_in_force", FLAG, "Whether any month of it counts.", True),
    _value("rows_received", WHOLE, "Rows in the file.", True),
    _value("rows_accepted", WHOLE, "Rows that passed every rule.", True),
    _value("rows_rejected", WHOLE, "Rows that failed one.", True),
    _value("answers_left_out", WHOLE, "Survey answers on no scale of their question."),
    _value("amount_received_gbp", POUNDS, "Pounds of the rows whose amount could be read."),
    _value("amount_accepted_gbp", POUNDS, "Pounds of the rows accepted."),
    _value("amount_rejected_gbp", POUNDS, "Pounds of the rows rejected."),
    _value("contract_version", TEXT, "Contract it was judged by.", True),
    _value("refused_because", TEXT, "Why the batch as a whole was refused; empty = it was not."),
    varies=("received_at", "superseded_at"),
)
rejection = _table(
    "rejection",
    "One row a batch and rule.",
    _batch(),
    _key("rule_code", TEXT, "Rule the rows failed."),
    _value("feed", TEXT, "Feed.", True),
    _value("provider_code", TEXT, "Health board or trust."),
    _value("period", TEXT, "Month or months of the batch."),
    _value("is_in_force", FLAG, "Whether the batch counts.", True),
    _value("rows", WHOLE, "Rows rejected.", True),
    _value("amount_gbp", POUNDS, "Their pounds, where the amount could be read."),
)
reconciliation = _table(
    "reconciliation",
    "One row a provider, ledger period and batch in force.",
    _provider(),
    _key("financial_year", TEXT, "Financial year as sent."),
    _key("ledger_period", TEXT, "Accounting period as sent."),
    _batch(),
    _value("control_total_gbp", POUNDS, "What the control file says; empty = there is none."),
    _value("ledger_total_gbp", POUNDS, "Pounds received.", True),
    _value("rejected_gbp", POUNDS, "Pounds of rows rejected.", True),
    _value("superseded_gbp", POUNDS, "Pounds of months of the extract that a later version replaces.", True),
    _value("team_total_gbp", POUNDS, "Pounds in fact_cost, UNALLOCATED included.", True),
    _value("unallocated_gbp", POUNDS, "Part of it on UNALLOCATED.", True),
    _value(
        "difference_gbp",
        POUNDS,
        "Received less rejected, superseded and shared out: 0.00, or nothing is published.",
        True,
    ),
)
fact_cost = _table(
    "fact_cost",
    "One row a ledger line and team it is shared to.",
    _provider(),
    _team(),
    _value("cost_centre_code", TEXT, "Cost centre.", True),
    _value("account_code", TEXT, "Account.", True),
    _value("cost_category", TEXT, "Kind of cost.", True),
    _value("is_direct", FLAG, "Whether the account counts as direct cost.", True),
    _value("posting_date", DAY, "Day of posting.", True),
    _value("week_start", DAY, "Monday of the posting date; empty for ledger periods 0, 13 and 14."),
    _value("period", TEXT, "Month of the cost, by the ledger's own period; empty for period 0 (brought forward)."),
    _value("financial_year", TEXT, "Financial year of the ledger period.", True),
    _value("ledger_period", SMALL, "Accounting period, 0 to 14.", True),
    _value("amount_gbp", POUNDS, "The team's share of the line, in whole pence.", True),
    _batch(),
    _key(*_ROW),
    large=True,
)
fact_activity = _table(
    "fact_activity",
    "One row a live activity record.",
    _value("provider_code", TEXT, "Health board or trust.", True),
    _value("team_code", TEXT, "Team of the unit on the day it began.", True),
    _value("unit_code", TEXT, "Ward, clinic, kitchen.", True),
    _key("measure_code", TEXT, "What was done or counted."),
    _value("start_at", MOMENT, "When it began, Europe/London.", True),
    _value("end_at", MOMENT, "When it ended; empty while it lasts."),
    _value("quantity", QUANTITY, "How many.", True),
    _value("outcome_code", TEXT, "How it came out."),
    _value("period", TEXT, "Month it began in.", True),
    _batch(),
    _key(*_ROW),
    large=True,
)
fact_survey = _table(
    "fact_survey",
    "One row an answer, or a team's answers to a question where they were sent added up. No respondent.",
    _value("provider_code", TEXT, "Health board or trust.", True),
    _value("team_code", TEXT, "Team of the programme.", True),
    _value("survey_code", TEXT, "Survey.", True),
    _value("wave_date", DAY, "Day of the wave.", True),
    _key("question_code", TEXT, "Question."),
    _value("score", SMALL, "Points on the question's scale; empty for answers added up."),
    _value(
        "is_positive", FLAG, "Whether the answer is positive; empty where no answer of the question is, or added up."
    ),
    _value("answers", WHOLE, "Answers the row stands for.", True),
    _value("positive", PEOPLE, "How many of them are positive; empty where no answer of the question is."),
    _value("period", TEXT, "Month of the wave.", True),
    _batch(),
    _key(*_ROW),
    large=True,
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

team_month = _table(
    "team_month",
    "One row a provider, team and month in which any feed has a fact: cost beside performance.",
    _provider(),
    _team(),
    _key("period", TEXT, "Month."),
    *(_value(name, POUNDS, comment, True) for name, comment in _MONEY_OF_TEAM.items()),
    *(_value(name, QUANTITY, comment, True) for name, comment in _WORK_OF_TEAM.items()),
    _value("survey_answers", WHOLE, "Answers to questions that have a positive answer.", True),
    _value("survey_positive", PEOPLE, "How many of them are positive.", True),
    *(_value(name, RATIO, comment) for name, comment in _RATIOS_OF_TEAM.items()),
)

saving = _table(
    "saving",
    "One row a declared saving and pair of windows.",
    _provider(),
    *_saving_case(),
    _value(
        "window_grain", TEXT, "`month`: cost by ledger month; `day`: by posting date, without periods 13 and 14.", True
    ),
    _value("days_before", NUMBER, "Days of the window before.", True),
    _value("days_after", NUMBER, "Days of the window after.", True),
    _value("baseline_cost_gbp", POUNDS, "Cost of the window before, not scaled; empty for a pathway."),
    _value("baseline_gbp", POUNDS, "What the window after would have cost as before."),
    _value("actual_gbp", POUNDS, "What it did cost; of a pathway the cost where it moved to, and the one-off cost."),
    _value("saving_gbp", POUNDS, "Baseline less actual: above 0 is saved. Empty where the baseline is 0 or less."),
    _value("saving_pct", RATIO, "Saving, of the baseline."),
    _value("price_gbp", POUNDS, "Part of the saving that lower prices made."),
    _value("activity_gbp", POUNDS, "Part that less activity made, days being equal."),
    _value("efficiency_gbp", POUNDS, "Part that less volume for each unit of activity made, and what rounding left."),
    _value(
        "price_and_efficiency_gbp", POUNDS, "Saving less the part of activity: a lower cost for a unit of activity."
    ),
    _value("gross_saving_gbp", POUNDS, "Cost avoided where it used to arise."),
    _value("moved_cost_gbp", POUNDS, "Cost that arises elsewhere instead."),
    _value("one_off_gbp", POUNDS, "Cost of the change itself.", True),
    _value("net_saving_gbp", POUNDS, "Gross less moved and one-off cost."),
    _value("is_cash_releasing", FLAG, "Whether money can be taken out of a budget.", True),
    _value("volume_before", QUANTITY, "Volume bought or moved, window before; empty where none is declared."),
    _value("volume_after", QUANTITY, "The same, window after."),
    _value("activity_before", QUANTITY, "Activity that drives it, window before; empty where none is declared."),
    _value("activity_after", QUANTITY, "The same, window after."),
    _value("balancing_measure", TEXT, "Harm that must not rise."),
    _value("balancing_base_measure", TEXT, "Per 1,000 of what it is counted."),
    _value("balancing_before", QUANTITY, "How often, window before."),
    _value("balancing_after", QUANTITY, "How often, window after."),
    _value("balancing_before_per_1000", RATIO, "Per 1,000 of its base, window before."),
    _value("balancing_after_per_1000", RATIO, "Per 1,000 of its base, window after."),
    _value("balancing_held", FLAG, "Whether its rate is no higher after than before; empty where that is not known."),
    _value("months_missing", WHOLE, "Months of both windows without a ledger in force.", True),
    _value("status", TEXT, "`final`, or `provisional` while months are missing.", True),
    _value(
        "reason",
        TEXT,
        "Why parts are empty: `no_baseline`, `no_activity`, `no_volume`, `no_price`, `pathway`, `too_large`.",
    ),
)

huddle_week = _table(
    "huddle_week",
    "One row a team and week in which it met.",
    _provider(),
    _team(),
    _key("week_start", DAY, "Monday of the week."),
    _value("has_clinical", FLAG, "Whether anybody clinical was there.", True),
    _value("has_finance", FLAG, "Whether anybody of finance was there.", True),
    _value("has_data", FLAG, "Whether anybody of data or business intelligence was there.", True),
    _value("role_families", WHOLE, "How many professions were there.", True),
    _value("is_extended", FLAG, "Whether all three were.", True),
)
coach_progress = _table(
    "coach_progress",
    "One row a provider that has coaches.",
    _provider(),
    _value("coaches", WHOLE, "Coaches ever in post.", True),
    _value("progressed", WHOLE, "How many of them hold a higher band in their last post than in their first.", True),
)
coach_gain = _table(
    "coach_gain",
    "One row a provider and item that coaches rate themselves on, 0 to 10.",
    _provider(),
    _key("item_code", TEXT, "What is rated."),
    _value("paired", WHOLE, "Coaches who answered before and after.", True),
    _value("points_gained", WHOLE, "Sum of their ratings after less those before.", True),
    _value("improved", WHOLE, "How many of them rate themselves higher after.", True),
    _value("only_before", WHOLE, "Coaches who answered before only; in no other column.", True),
    _value("only_after", WHOLE, "Coaches who answered after only; in no other column.", True),
)
cost_week = _table(
    "cost_week",
    "One row a provider, team, cost category, week and ledger month; weeks add up to the month to the penny.",
    _provider(),
    _team(),
    _key("cost_category", TEXT, "Kind of cost."),
    _key("is_direct", FLAG, "Whether its accounts count as direct cost."),
    _key("cost_timing", TEXT, "`dated`: week of the posting date. `spread`: shared over the days of the month."),
    _key("week_start", DAY, "Monday of the week."),
    _key("period", TEXT, "Month of the cost, by the ledger's own period; a week across a month end has both."),
    _value("amount_gbp", POUNDS, "Pounds, in whole pence.", True),
    large=True,
)
indicator_value = _table(
    "indicator_value",
    "One row an indicator, member of a level, and week, month or event.",
    _key("indicator_code", TEXT, "Indicator of dim_indicator."),
    _key("level", TEXT, "`team`, `service`, `provider` or `all`."),
    _key("provider_code", TEXT, "Health board or trust; `*` at level `all`."),
    _key("service", TEXT, "Service, at level `service`; else `*`."),
    _key("team_code", TEXT, "Team, at level `team`; else `*`."),
    _key("grain", TEXT, "`week`, `month` or `event`."),
    _key("starts_on", DAY, "Monday of the week, first day of the month, day of the event."),
    _value("period", TEXT, "The month; empty at other grains."),
    _value("week_start", DAY, "Monday of the week; empty at other grains."),
    _value("numerator", PARTS, "What was counted, exact; empty for medians, classes and where nothing is known."),
    _value("denominator", PARTS, "Per what, exact; of a median, how many facts; empty for a sum."),
    _value("value", RATIO, "Factor × numerator ÷ denominator, not rounded."),
    _value("unit", TEXT, "Unit of the value.", True),
    _value("status", TEXT, "`final` `provisional` `missing` `suppressed` `zero_denominator`.", True),
    _value("qualifier", TEXT, "Why, or the class of a class: see the page of indicators; empty = nothing to say."),
    large=True,
)
team_week = _table(
    "team_week",
    "One row a provider, team and week: the box score, in blocks of performance, capacity and cost.",
    _provider(),
    _team(),
    _key("week_start", DAY, "Monday of the week."),
    *(column for block in BLOCKS for one in BOX_SCORE if one.block == block for column in _measure(one)),
    _value("last_sampled_week", DAY, "Last week up to this one in which staff time was sampled."),
    _value("cells", WHOLE, "Cells of indicators that the team has, sampled ones apart.", True),
    _value("cells_filled", WHOLE, "Of these, with a value.", True),
    _value("completeness_pct", RATIO, "Cells filled, of cells."),
    large=True,
)

rebase = _table(
    "rebase",
    "One row a recorded decision to begin a new centre line.",
    _provider(),
    _team(),
    _key("indicator_code", TEXT, "Indicator of dim_indicator."),
    _key("rebase_from", TEXT, "First month of the new centre line."),
    _value("decided_on", DAY, "Day of the decision."),
    _value("decided_by", TEXT, "Whose decision: a role."),
    _value("cause", TEXT, "What changed."),
)


def _point() -> tuple[Column[Any], ...]:
    return (
        *_series(),
        _key("starts_on", DAY, "Monday of the week, first day of the month, day of the event."),
    )


def _series() -> tuple[Column[Any], ...]:
    return (
        _key("indicator_code", TEXT, "Indicator of dim_indicator."),
        _key("level", TEXT, "`team`, `service`, `provider` or `all`."),
        _key("provider_code", TEXT, "Health board or trust; `*` at level `all`."),
        _key("service", TEXT, "Service, at level `service`; else `*`."),
        _key("team_code", TEXT, "Team, at level `team`; else `*`."),
        _key("grain", TEXT, "`week`, `month` or `event`."),
    )


def _profile() -> tuple[Column[Any], ...]:
    return (
        _key("rule_profile", TEXT, "Rules it is judged by: docs/reference/rules.md."),
        _value("chart", TEXT, "Chart it is drawn on.", True),
    )


def _runs() -> tuple[Column[Any], ...]:
    return (
        _value("longest_run", NUMBER, "Longest run on one side of the centre line."),
        _value("longest_run_max", NUMBER, "Longest that noise allows (Anhøj)."),
        _value("crossings", NUMBER, "How often the centre line is crossed."),
        _value("crossings_min", NUMBER, "Fewest that noise allows (Anhøj)."),
    )


indicator_signal = _table(
    "indicator_signal",
    "One row an indicator value and rule profile: its lines, and whether it signals.",
    *_point(),
    *_profile(),
    _value("value", RATIO, "What is drawn, in the indicator's own unit."),
    _value("centre_line", RATIO, "Median or mean of its phase, or of the fixed baseline."),
    _value("lower_limit", RATIO, "Lower limit; empty on run charts."),
    _value("upper_limit", RATIO, "Upper limit; empty on run charts."),
    _value("is_final", FLAG, "Whether the point takes part: final, and not in a pause.", True),
    _value("is_baseline", FLAG, "Whether a fixed baseline is made of it.", True),
    _value("is_tentative", FLAG, "Whether its centre line stands on fewer than 10 points, and so raises none.", True),
    _value("phase", WHOLE, "0 for the first phase, one more after each recorded rebase.", True),
    _value("signal", FLAG, "Whether a rule of the profile says that this is not noise.", True),
    _value("rule", TEXT, "The first rule that says so."),
    _value("tier", TEXT, "`A` worth acting on, `B` worth a look."),
    _value("in_shift", FLAG, "In a run of the profile's length.", True),
    _value("in_trend", FLAG, "In a trend of the profile's length.", True),
    _value("outside_limits", FLAG, "Above the upper or below the lower limit.", True),
    _value("two_in_three", FLAG, "One of two in three near a limit.", True),
    _value("fifteen_inside", FLAG, "One of fifteen near the centre line.", True),
    *_runs(),
    _value("target", RATIO, "The target of the team that holds now."),
    _value("assurance", TEXT, "What the limits say of the target."),
    _value("signal_as_published", FLAG, "The same at the first receipt time at which the point was final."),
    _value("rule_as_published", TEXT, "The rule of that time."),
    _value("published_at", MOMENT, "That receipt time, UTC."),
    large=True,
    varies=("signal_as_published", "rule_as_published", "published_at"),
)
indicator_series = _table(
    "indicator_series",
    "One row a series of an indicator and its rule profile: its signals beside what noise alone would raise.",
    *_series(),
    *_profile(),
    _value("points", WHOLE, "Points that take part.", True),
    _value("points_judged", WHOLE, "Of these, outside a fixed baseline and not tentative.", True),
    _value("signals", WHOLE, "Points that signal.", True),
    _value("signals_tier_a", WHOLE, "Of these, of tier A.", True),
    _value("false_alarm_points", RATIO, "Points that would signal in a series of noise of that length, on average."),
    _value("false_alarm_share", RATIO, "Share of such series with a signal, 0 to 1."),
    _value("last_signal_on", DAY, "The last point that signals."),
    _value("has_baseline", FLAG, "Whether a fixed baseline makes its lines.", True),
    _value("phases", WHOLE, "1, and one more for each recorded rebase.", True),
    *_runs(),
    _value("assurance", TEXT, "Whether the target will be met: `consistent_pass`, `consistent_fail`, `inconsistent`."),
    _value(
        "rebase_proposed_from",
        DAY,
        "The last nine or more points lie on one side from here on. Nothing follows of itself.",
    ),
    large=True,
)

TABLES: tuple[Table, ...] = tuple(METADATA.tables.values())
