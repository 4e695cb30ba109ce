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

SCHEMA = "vm"
METADATA = MetaData(schema=SCHEMA)

TEXT, DAY, MOMENT, FLAG, WHOLE = String(), Date(), DateTime(), Boolean(), BigInteger()
RATIO: Double[float] = Double()
SMALL, NUMBER = SmallInteger(), Integer()
POUNDS, QUANTITY, PEOPLE = Numeric(18, 2), Numeric(18, 3), Numeric(18, 9)

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
dim_indicator = _table(
    "dim_indicator",
    "One row an indicator of the catalogue.",
    _key("indicator_code", TEXT, "Code in the catalogue."),
    _value("indicator_name", TEXT, "Its name.", True),
    _value("numerator", TEXT, "What is counted.", True),
    _value("denominator", TEXT, "Per what; empty for a sum."),
    _value("unit", TEXT, "Unit of the value.", True),
    _value("direction", TEXT, "`higher`, `lower` is better, or `neutral`.", True),
    _value("team_month_column", TEXT, "Its column in team_month.", True),
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

TABLES: tuple[Table, ...] = tuple(METADATA.tables.values())
