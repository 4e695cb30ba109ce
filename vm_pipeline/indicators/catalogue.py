"""The catalogue of indicators: those that `team_month` carries as columns.

Belongs here: one entry an indicator. Adding one is adding an entry and its column.
Does not belong here: how it is computed. A ratio is numerator over denominator, never a mean of ratios; a zero
denominator gives no value. Numerators and denominators are columns of `team_month`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Indicator:
    """One indicator. `factor` scales the ratio: 100 for per cent."""

    code: str
    name: str
    numerator: str
    denominator: tuple[str, ...]
    unit: str
    direction: str
    column: str
    factor: int = 1


CATALOGUE = (
    Indicator("F03", "Direct cost per bed day", "direct_cost_gbp", ("bed_days",), "£", "lower", "cost_per_bed_day_gbp"),
    Indicator(
        "F05",
        "Direct cost per attendance",
        "direct_cost_gbp",
        ("attendances",),
        "£",
        "lower",
        "cost_per_attendance_gbp",
    ),
    Indicator(
        "P09",
        "Referrals returned",
        "referrals_returned",
        ("referrals_accepted", "referrals_returned"),
        "%",
        "lower",
        "returned_pct",
        100,
    ),
    Indicator("P11", "Did not attend", "dnas", ("attendances", "dnas"), "%", "lower", "dna_pct", 100),
    Indicator(
        "S03", "Positive survey answers", "survey_positive", ("survey_answers",), "%", "higher", "positive_pct", 100
    ),
)
