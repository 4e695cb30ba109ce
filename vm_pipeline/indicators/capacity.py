"""Capacity: where the hours of staff go.

Belongs here: entries C01 to C05. Does not belong here: ingredients, SQL.
"""

from vm_pipeline.indicators.entry import Example, Indicator

_SAMPLED = (
    "Sampled every eight to ten weeks. Weeks between samples are `missing`, `not_sampled`: nothing is carried forward."
)

CAPACITY = (
    Indicator(
        "C01", "Direct-care time", "ratio", "%", "higher", "run", "his_run",
        "Hands-on care, of the contracted hours sampled.",
        Example(34.5, 69, 50.0, "34.5 of 69 hours are 50.0%."),
        numerator=("direct_hours",), denominator=("contracted_hours",), factor=100, is_sampled=True,
        block="capacity", column="direct_time_pct", notes=_SAMPLED,
    ),
    Indicator(
        "C02", "Indirect and lost time", "ratio", "%", "lower", "run", "his_run",
        "Documentation, meetings, waiting and rework, of the contracted hours sampled.",
        Example(27.6, 69, 40.0, "27.6 of 69 hours are 40.0%."),
        numerator=("indirect_hours",), denominator=("contracted_hours",), factor=100, is_sampled=True,
        block="capacity", column="indirect_time_pct", notes=_SAMPLED,
    ),
    Indicator(
        "C03", "Available time", "ratio", "%", "neutral", "run", "his_run",
        "What direct and indirect time leave.",
        Example(6.9, 69, 10.0, "69 − 34.5 − 27.6 = 6.9 of 69 hours: 10.0%."),
        numerator=("contracted_hours", "-direct_hours", "-indirect_hours"), denominator=("contracted_hours",),
        factor=100, is_sampled=True, block="capacity", column="available_time_pct",
        notes=_SAMPLED + " Below zero is an error in the sample, marked `below_zero`.",
    ),
    Indicator(
        "C04", "Sickness absence", "ratio", "%", "lower", "xmr", "mdc_xmr",
        "Hours lost to sickness, of contracted hours.",
        Example(150, 3_750, 4.0, "150 of 3,750 hours are 4.0%, the national standard."),
        numerator=("sickness_hours",), denominator=("rostered_hours",), factor=100, lag_weeks=6, lag_months=2,
        block="capacity", column="sickness_pct",
        notes="Comes six weeks late. Needs the activity measures `sickness_hours` and `rostered_hours`.",
    ),
    Indicator(
        "C05", "Worked against funded staff", "ratio", "%", "neutral", "xmr", "mdc_xmr",
        "Whole-time equivalents worked, of those funded.",
        Example(28.5, 30, 95.0, "28.5 worked of 30 funded are 95.0%."),
        numerator=("worked_wte",), denominator=("funded_wte",), factor=100, grains=("month",),
        notes="A full-time week is 37.5 hours, 37 from 1 April 2024, 36 from 1 April 2026; a month has its "
        "days ÷ 7 weeks. Needs the activity measure `worked_hours` and `wte` in budget.csv.",
    ),
)  # fmt: skip
