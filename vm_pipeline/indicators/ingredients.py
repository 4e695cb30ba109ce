"""Ingredients: everything that numerators and denominators are made of, each declared once.

Belongs here: name, unit, source, meaning, and where it is found: an activity measure, cost categories, a survey
question, or a condition on facts. sql/marts/ingredient and `vm-pipeline trace` both follow from that.
Does not belong here: the SQL of the others (sql/marts/ingredient), what is made of them (finance, performance, …).
"""

from vm_pipeline.indicators.chosen import BUDGET, BUDGETED_COST, COMMODITY, COMMODITY_BASE, FUNDED
from vm_pipeline.indicators.entry import Facts, Ingredient

_SUPPLEMENTARY = ("pay_bank", "pay_agency", "pay_overtime")
_COST = ("pay_substantive", *_SUPPLEMENTARY, "drugs", "food", "supplies", "other")

# Hours of a full-time week under Agenda for Change in Scotland, from a day on (domain: three denominators so far).
FULL_TIME_WEEK = (("1900-01-01", "37.5"), ("2024-04-01", "37.0"), ("2026-04-01", "36.0"))
_WEEK_HOURS = " ".join(f"WHEN start_at >= DATE '{since}' THEN {hours}" for since, hours in reversed(FULL_TIME_WEEK))


def _cost(
    name: str, meaning: str, categories: tuple[str, ...], direct_only: bool = False, source: str = "ledger"
) -> Ingredient:
    return Ingredient(name, "£", source, meaning, True, categories=categories, direct_only=direct_only)


def _events(name: str, meaning: str, measure: str, outcome: str = "") -> Ingredient:
    """Records that come only when something happened: none sent is none happened."""
    return Ingredient(name, "n", f"activity/{measure}", meaning, True, measure, outcome)


def _measured(name: str, unit: str, meaning: str, measure: str) -> Ingredient:
    """Records that come every time something is measured: none sent is not known."""
    return Ingredient(name, unit, f"activity/{measure}", meaning, False, measure)


def _stays(name: str, unit: str, meaning: str, counts: str = "quantity", when: str = "") -> Ingredient:
    """Inpatient stays that ended, by the day they did."""
    ended = f"measure_code = 'inpatient_stay' AND end_at IS NOT NULL{' AND ' * bool(when)}{when}"
    return Ingredient(name, unit, _STAY, meaning, True, stated=Facts("fact_activity", ended, counts, "end_at"))


def _all_answers(name: str, meaning: str, counts: str) -> Ingredient:
    asked = Facts("fact_survey", "positive IS NOT NULL", counts, "wave_date")
    return Ingredient(name, "answers", "survey", meaning, stated=asked)


def _derived(name: str, unit: str, source: str, meaning: str, counted: bool = False) -> Ingredient:
    """With SQL of its own."""
    return Ingredient(name, unit, source, meaning, counted)


def _chosen(name: str, unit: str, file: str, meaning: str, facts: Facts, of: str = "") -> Ingredient:
    """Facts of a feed, or of the file itself, as a reference file says which."""
    return Ingredient(name, unit, f"reference/{file}", meaning, stated=facts, chosen_from=of)


def _answers(name: str, meaning: str, question: str) -> Ingredient:
    return Ingredient(name, "answers", f"survey/{question.lower()}", meaning, question=question)


_STAY, _PATIENT = "activity/inpatient_stay", "activity/inpatient_stay.patient_ref"
_TIMED = "end_at::TIME <> TIME '00:00'"
# Of a month, with nine decimals a record: so records add up to it, however they are grouped.
_WTE = f"(quantity * 7 / (day(last_day(start_at)) * CASE {_WEEK_HOURS} END))::DECIMAL(38,9)"

INGREDIENTS = (
    _cost("direct_cost_gbp", "Direct accounts, without income, capital and recharges.", _COST, True),
    _cost("total_cost_gbp", "Everything but capital: income and recharges are in it.", (*_COST, "income", "recharge")),
    _cost("pay_gbp", "Substantive and supplementary pay.", ("pay_substantive", *_SUPPLEMENTARY), source="ledger/pay"),
    _cost("supplementary_pay_gbp", "Bank, agency and overtime.", _SUPPLEMENTARY, source="ledger/pay"),
    _cost("drugs_gbp", "Drugs.", ("drugs",), source="ledger/drugs"),
    _chosen("commodity_gbp", "£", "saving_cases", "Cost of a saving case that names an account.", COMMODITY, "ledger"),
    _chosen(
        "commodity_base",
        "n",
        "saving_cases",
        "What drives it: the case's activity measure.",
        COMMODITY_BASE,
        "activity",
    ),
    _chosen(
        "actual_ytd_gbp",
        "£",
        "budget",
        "Cost since April on cost centres with a budget, less capital.",
        BUDGETED_COST,
        "ledger",
    ),
    _chosen("budget_ytd_gbp", "£", "budget", "Their budget since April.", BUDGET),
    _events("admissions", "Inpatient stays that began.", "inpatient_stay"),
    _derived(
        "patients",
        "n",
        "activity/inpatient_stay or attendance",
        "Journeys that began with the team, and contacts attended.",
        True,
    ),
    _stays("discharges", "n", "Inpatient stays that ended."),
    _stays("stay_days", "days", "Nights of the stays that ended.", "quantity * (end_at::DATE - start_at::DATE)"),
    _derived("open_stays", "n", _STAY, "Stays under way on the night after the period's last day.", True),
    _derived("open_stay_days", "days", _STAY, "Nights those stays have lasted by then.", True),
    _stays("discharges_timed", "n", "Stays that ended at a known time (midnight sharp is none).", when=_TIMED),
    _stays(
        "discharges_before_noon",
        "n",
        "Those that ended before 12:00.",
        when=f"{_TIMED} AND end_at::TIME < TIME '12:00'",
    ),
    _derived("index_discharges", "n", _PATIENT, "Ended stays of a known patient, no death and no transfer.", True),
    _derived("readmissions", "n", _PATIENT, "Of these, followed by another stay within 28 days.", True),
    _measured("bed_days", "days", "Occupied beds at midnight.", "bed_day"),
    _measured("staffed_bed_days", "days", "Available staffed beds, day by day.", "staffed_bed_day"),
    _events("falls", "Falls.", "fall"),
    _events("falls_with_harm", "Falls that did harm.", "fall", "harm"),
    _events("violent_incidents", "Incidents of violence.", "violence"),
    _events("referrals_accepted", "Referrals received that were accepted.", "referral", "accepted"),
    _events("referrals_returned", "Referrals received that were returned.", "referral", "returned"),
    _events("attendances", "Contacts attended.", "attendance", "attended"),
    _events("dnas", "Contacts not attended.", "attendance", "dna"),
    _events("treatments_hospital", "Treatments in hospital.", "treatment", "hospital"),
    _events("treatments_community", "Treatments in the community.", "treatment", "community"),
    _events("care_plans_24h", "Admissions with a care plan and risk assessment within 24 hours.", "care_plan_24h"),
    _events("shortages", "Times a ward went without.", "shortage"),
    _measured("contracted_hours", "hours", "Contracted hours of the shifts sampled.", "contracted_hours"),
    _measured("direct_hours", "hours", "Hands-on care in the shifts sampled.", "direct_hours"),
    _measured("indirect_hours", "hours", "Documentation, meetings, waiting and rework in them.", "indirect_hours"),
    _measured("sickness_hours", "hours", "Hours lost to sickness.", "sickness_hours"),
    _measured("rostered_hours", "hours", "Contracted hours of everybody in post.", "rostered_hours"),
    Ingredient(
        "worked_wte",
        "wte",
        "activity/worked_hours",
        "Hours worked ÷ hours of a full-time week at the time, over the weeks of the month.",
        stated=Facts("fact_activity", "measure_code = 'worked_hours'", _WTE, "start_at"),
    ),
    _chosen("funded_wte", "wte", "budget", "Whole-time equivalents in the budget.", FUNDED),
    _answers("supported_answers", "Answers to the question SUPPORTED.", "SUPPORTED"),
    _answers("supported_positive", "Positive ones.", "SUPPORTED"),
    _answers("safe_answers", "Answers to the question SAFE.", "SAFE"),
    _answers("safe_positive", "Positive ones.", "SAFE"),
    _all_answers("survey_answers", "Answers to questions that have a positive answer.", "answers"),
    _all_answers("survey_positive", "Positive ones.", "positive"),
    _derived("responses", "n", "reference/survey_issued", "Questionnaires that came back, of waves given out."),
    _derived("issued", "n", "reference/survey_issued", "Questionnaires given out."),
    _derived("engagement_points", "points", "survey/agree6", "Points (1 to 6) of answers on the six-point scale."),
    _derived("engagement_answers", "answers", "survey/agree6", "Answers on the six-point scale."),
    _derived(
        "confidence_gain", "points", "reference/coach_survey", "Later less earlier rating of each coach asked twice."
    ),
    _derived("confidence_pairs", "n", "reference/coach_survey", "Coaches asked twice."),
    _derived("coaches", "n", "reference/role_log", "Coaches enrolled so far."),
    _derived("coaches_progressed", "n", "reference/role_log", "Of these, in a higher band than they began in."),
    _derived("huddle_weeks", "n", "reference/role_log", "Weeks of a team with a huddle on record."),
    _derived("mdt_weeks", "n", "reference/role_log", "Of these, with clinical, finance and data people there."),
    _derived(
        "ledger_difference_gbp", "£", "ledger/control", "Received less rejected, superseded and shared out.", True
    ),
    _derived("ledger_gbp", "£", "ledger", "Cost in the warehouse, as amounts without sign.", True),
    _derived("unallocated_gbp", "£", "ledger", "Of this, on UNALLOCATED.", True),
    _derived(
        "restated_gbp", "£", "ledger/later extracts", "Change of a month's total by each later extract, without sign."
    ),
    _derived("replaced_gbp", "£", "ledger/later extracts", "Totals those extracts replaced, without sign."),
    _derived("activity_records", "n", "activity/any record", "Live activity records.", True),
    _derived("expected_records", "n", "activity/any record", "Mean of the twelve weeks before."),
)
# Columns of team_month that no indicator is made of.
OF_TEAM_MONTH = (
    _cost("food_gbp", "Food.", ("food",)),
    _cost("supplies_gbp", "Supplies.", ("supplies",)),
    _cost("other_gbp", "Other, unmapped accounts included.", ("other",)),
    _events("items_issued", "Items issued.", "item_issued"),
)
INGREDIENT = {one.name: one for one in INGREDIENTS}
CONDITION = {one.name: one.facts.where for one in (*INGREDIENTS, *OF_TEAM_MONTH) if one.facts}
"""Of ingredients that are sums of facts: of which, as a condition on their table."""
