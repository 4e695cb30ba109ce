"""Indicators over time: values, the box score, rebases, signals.

Belongs here: tables whose rows are measures of the catalogue. Does not belong here: how a signal is found (signals).
"""

from typing import Any

from sqlalchemy import Column

from vm_pipeline.indicators.catalogue import BOX_SCORE
from vm_pipeline.indicators.entry import BLOCKS, Indicator
from vm_pipeline.warehouse.tables.columns import (
    DAY,
    FLAG,
    MOMENT,
    NUMBER,
    PARTS,
    POUNDS,
    RATIO,
    TEXT,
    WHOLE,
    key,
    provider,
    table,
    team,
    value,
)


def _measure(one: Indicator) -> tuple[Column[Any], ...]:
    """Value, baseline and target of one measure of the box score. Weekly pounds are DOUBLE where they are ratios."""
    kind = POUNDS if one.kind == "sum" and one.unit == "£" else RATIO
    said = f"{one.block.capitalize()}. {one.name}, {one.unit} ({one.code})"
    return (
        value(one.column, kind, f"{said}."),
        value(f"{one.column}_baseline", kind, f"{said}: baseline of the target in force."),
        value(f"{one.column}_target", kind, f"{said}: target in force."),
    )


def _point() -> tuple[Column[Any], ...]:
    return (
        *_series(),
        key("starts_on", DAY, "Monday of the week, first day of the month, day of the event."),
    )


def _series() -> tuple[Column[Any], ...]:
    return (
        key("indicator_code", TEXT, "Indicator of dim_indicator."),
        key("level", TEXT, "`team`, `service`, `provider` or `all`."),
        key("provider_code", TEXT, "Health board or trust; `*` at level `all`."),
        key("service", TEXT, "Service, at level `service`; else `*`."),
        key("team_code", TEXT, "Team, at level `team`; else `*`."),
        key("grain", TEXT, "`week`, `month` or `event`."),
    )


indicator_value = table(
    "indicator_value",
    "One row an indicator, member of a level, and week, month or event.",
    *_point(),
    value("period", TEXT, "The month; empty at other grains."),
    value("week_start", DAY, "Monday of the week; empty at other grains."),
    value("numerator", PARTS, "What was counted, exact; empty for medians, classes and where nothing is known."),
    value("denominator", PARTS, "Per what, exact; of a median, how many facts; empty for a sum."),
    value("value", RATIO, "Factor × numerator ÷ denominator, not rounded."),
    value("unit", TEXT, "Unit of the value.", True),
    value("status", TEXT, "`final` `provisional` `missing` `suppressed` `zero_denominator`.", True),
    value("qualifier", TEXT, "Why, or the class of a class: see the page of indicators; empty = nothing to say."),
    large=True,
)
team_week = table(
    "team_week",
    "One row a provider, team and week: the box score, in blocks of performance, capacity and cost.",
    provider(),
    team(),
    key("week_start", DAY, "Monday of the week."),
    *(column for block in BLOCKS for one in BOX_SCORE if one.block == block for column in _measure(one)),
    value("last_sampled_week", DAY, "Last week up to this one in which staff time was sampled."),
    value("cells", WHOLE, "Cells of indicators that the team has, sampled ones and medians apart.", True),
    value("cells_filled", WHOLE, "Of these, with a value.", True),
    value("completeness_pct", RATIO, "Cells filled, of cells."),
    value(
        "not_final", TEXT, "Columns whose value is provisional or paused, and so not judged; why: `indicator_value`."
    ),
    large=True,
)

rebase = table(
    "rebase",
    "One row a recorded decision to begin a new centre line.",
    provider(),
    team(),
    key("indicator_code", TEXT, "Indicator of dim_indicator."),
    key("rebase_from", TEXT, "First month of the new centre line."),
    value("decided_on", DAY, "Day of the decision."),
    value("decided_by", TEXT, "Whose decision: a role."),
    value("cause", TEXT, "What changed."),
)


def _profile() -> tuple[Column[Any], ...]:
    return (
        key("rule_profile", TEXT, "Rules it is judged by: docs/reference/rules.md."),
        value("chart", TEXT, "Chart it is drawn on.", True),
    )


def _runs() -> tuple[Column[Any], ...]:
    return (
        value("longest_run", NUMBER, "Longest run on one side of the centre line."),
        value("longest_run_max", NUMBER, "Longest that noise allows (Anhøj)."),
        value("crossings", NUMBER, "How often the centre line is crossed."),
        value("crossings_min", NUMBER, "Fewest that noise allows (Anhøj)."),
    )


indicator_signal = table(
    "indicator_signal",
    "One row an indicator value and rule profile: its lines, and whether it signals.",
    *_point(),
    *_profile(),
    value("value", RATIO, "What is drawn, in the indicator's own unit."),
    value("centre_line", RATIO, "Median or mean of its phase, or of the fixed baseline in it."),
    value("lower_limit", RATIO, "Lower limit; empty on run charts."),
    value("upper_limit", RATIO, "Upper limit; empty on run charts."),
    value("is_final", FLAG, "Whether the point takes part: final, and not in a pause.", True),
    value("is_baseline", FLAG, "Whether a fixed baseline is made of it.", True),
    value(
        "is_tentative",
        FLAG,
        "Whether it raises none: its line stands on fewer than 10 points, on few events, on mostly one value, or its "
        "points hang together.",
        True,
    ),
    value("phase", WHOLE, "0 for the first phase, one more after each recorded rebase.", True),
    value("signal", FLAG, "Whether a rule of the profile says that this is not noise.", True),
    value("rule", TEXT, "The first rule that says so."),
    value("tier", TEXT, "`A` worth acting on, `B` worth a look."),
    value("in_shift", FLAG, "In a run of the profile's length.", True),
    value("in_trend", FLAG, "In a trend of the profile's length.", True),
    value("outside_limits", FLAG, "Above the upper or below the lower limit.", True),
    value("two_in_three", FLAG, "One of two in three near a limit.", True),
    value("fifteen_inside", FLAG, "One of fifteen near the centre line.", True),
    *_runs(),
    value("target", RATIO, "Of the newest target of the team that has begun, also where it has ended."),
    value("assurance", TEXT, "What the limits say of the target."),
    value("signal_as_published", FLAG, "The same at the first receipt time at which the point was final."),
    value("rule_as_published", TEXT, "The rule of that time."),
    value("published_at", MOMENT, "That receipt time, UTC."),
    large=True,
    varies=("signal_as_published", "rule_as_published", "published_at"),
)
indicator_series = table(
    "indicator_series",
    "One row a series of an indicator and its rule profile: its signals beside what noise alone would raise.",
    *_series(),
    *_profile(),
    value("points", WHOLE, "Points that take part.", True),
    value("points_judged", WHOLE, "Of these, outside a fixed baseline, those that could have signalled.", True),
    value("signals", WHOLE, "Of the points judged, those that signal.", True),
    value("signals_tier_a", WHOLE, "Of these, of tier A.", True),
    value("false_alarm_points", RATIO, "Points that would signal in a series of noise of that length, on average."),
    value("false_alarm_share", RATIO, "Share of such series with a signal, 0 to 1."),
    value("last_signal_on", DAY, "The last of them."),
    value("has_baseline", FLAG, "Whether a fixed baseline makes its lines.", True),
    value("phases", WHOLE, "1, and one more for each recorded rebase.", True),
    *_runs(),
    value("assurance", TEXT, "Whether the target will be met: `consistent_pass`, `consistent_fail`, `inconsistent`."),
    value(
        "rebase_proposed_from",
        DAY,
        "The last nine or more points lie on one side from here on. Nothing follows of itself.",
    ),
    large=True,
)
