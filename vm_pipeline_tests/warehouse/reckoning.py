"""What the warehouse must come to, reckoned a second time: in Python's integers and fractions, row by row.

Belongs here: shares in pence, live activity, team_month, from rows as they were sent.
Does not belong here: anything of vm_pipeline, assertions.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

MILLION = 1_000_000
Cells = Mapping[str, str]
Key = tuple[str, str, str]  # provider, team, month

CATEGORY_COLUMNS = {"drugs": "drugs_gbp", "food": "food_gbp", "supplies": "supplies_gbp", "other": "other_gbp"}
SUPPLEMENTARY = ("pay_bank", "pay_agency", "pay_overtime")
ACTIVITY_COLUMNS = {
    ("inpatient_stay", ""): "admissions",
    ("bed_day", ""): "bed_days",
    ("referral", "accepted"): "referrals_accepted",
    ("referral", "returned"): "referrals_returned",
    ("attendance", "attended"): "attendances",
    ("attendance", "dna"): "dnas",
    ("treatment", "hospital"): "treatments_hospital",
    ("treatment", "community"): "treatments_community",
    ("item_issued", ""): "items_issued",
    ("fall", ""): "falls",
}
BY_OUTCOME = ("referral", "attendance", "treatment")


@dataclass(frozen=True)
class Span:
    """One row of a map: whom it names, what part, which days."""

    team: str
    units: int = MILLION
    first: date = date.min
    last: date = date.max


@dataclass
class Maps:
    """The reference tables, as plain dictionaries."""

    centres: dict[tuple[str, str], list[Span]] = field(default_factory=dict)
    units: dict[tuple[str, str], list[Span]] = field(default_factory=dict)
    accounts: dict[str, tuple[str, bool]] = field(default_factory=dict)
    survey_teams: dict[tuple[str, str], str] = field(default_factory=dict)
    positive: dict[str, tuple[str, ...]] = field(default_factory=dict)


def share_out(pence: int, units: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Cut toward zero, then a penny each to the largest remainders, ties to the lower team_code."""
    weights: dict[str, int] = defaultdict(int)
    for team, part in units:
        weights[team] += part
    if sum(weights.values()) < MILLION - 10:  # a sum within 0.00001 of 1 is 1
        weights["UNALLOCATED"] += MILLION - sum(weights.values())
    total = sum(weights.values())
    whole = {team: abs(pence) * part // total for team, part in weights.items() if part}
    left = abs(pence) - sum(whole.values())
    for team in sorted(whole, key=lambda team: (-(abs(pence) * weights[team] % total), team))[:left]:
        whole[team] += 1
    return {team: part if pence >= 0 else -part for team, part in whole.items()}


def on(spans: Sequence[Span], day: date) -> list[Span]:
    return [span for span in spans if span.first <= day <= span.last]


def month_of_cost(line: Cells) -> str:
    """By the ledger's own year and period: 1 = April, 12 to 14 = March, none for 0."""
    year, period = int(line["financial_year"][:4]), min(int(line["period"]), 12)
    return "" if period == 0 else f"{year + (period > 9)}-{(period + 2) % 12 + 1:02}"


def live(batches: Sequence[Sequence[Cells]]) -> list[Cells]:
    """Per provider and record the last transaction, batches in the order of their periods; a deletion removes it."""
    last = {(row["provider_code"], row["record_id"]): row for rows in batches for row in rows}
    return [row for row in last.values() if row["transaction_type"] != "D"]


def team_month(
    maps: Maps, lines: Iterable[Cells], records: Iterable[Cells], answers: Iterable[Cells]
) -> dict[Key, dict[str, Fraction]]:
    """Every team-month that any row has a fact for; columns without a row are absent."""
    found: dict[Key, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for line in lines:
        _cost(found, maps, line)
    for record in records:
        _activity(found, maps, record)
    for answer in answers:
        _answers(found, maps, answer)
    return found


def _cost(found: dict[Key, dict[str, Fraction]], maps: Maps, line: Cells) -> None:
    month, provider = month_of_cost(line), line["provider_code"]
    category, direct = maps.accounts.get(line["account_code"], ("other", False))
    spans = on(maps.centres.get((provider, line["cost_centre_code"]), []), date.fromisoformat(line["posting_date"]))
    pence = int(Fraction(line["amount"]) * 100)
    for team, part in share_out(pence, [(span.team, span.units) for span in spans]).items() if month else ():
        sums, pounds = found[provider, team, month], Fraction(part, 100)
        columns = [] if category == "capital" else ["total_cost_gbp"]
        columns += ["direct_cost_gbp"] if direct and category not in ("income", "capital", "recharge") else []
        columns += ["pay_gbp"] if category.startswith("pay_") else []
        columns += ["supplementary_pay_gbp"] if category in SUPPLEMENTARY else []
        columns += [CATEGORY_COLUMNS[category]] if category in CATEGORY_COLUMNS else []
        for column in columns:
            sums[column] += pounds


def _activity(found: dict[Key, dict[str, Fraction]], maps: Maps, record: Cells) -> None:
    start, measure = datetime.fromisoformat(record["start_at"]), record["measure_code"]
    spans = on(maps.units.get((record["provider_code"], record["unit_code"]), []), start.date())
    team = spans[0].team if spans else "UNALLOCATED"
    quantity = Fraction(record["quantity"] or 1)
    sums = found[record["provider_code"], team, f"{start:%Y-%m}"]
    column = ACTIVITY_COLUMNS.get((measure, record["outcome_code"] if measure in BY_OUTCOME else ""))
    if column:
        sums[column] += quantity
    if measure == "inpatient_stay" and record["end_at"]:
        found[record["provider_code"], team, record["end_at"][:7]]["discharges"] += quantity


def _answers(found: dict[Key, dict[str, Fraction]], maps: Maps, questionnaire: Cells) -> None:
    provider = questionnaire["provider_code"]
    team = maps.survey_teams.get((provider, questionnaire["team_name"].lower()), "UNALLOCATED")
    answered = {
        q: questionnaire[q].lower() for q in ("Q1", "Q2", "Q3") if questionnaire[q] not in ("", "-", "N/A", "*")
    }
    sums = found[provider, team, questionnaire["wave_date"][:7]] if answered else {}
    for question, answer in answered.items():
        if question in maps.positive:
            sums["survey_answers"] += 1
            sums["survey_positive"] += answer in maps.positive[question]
