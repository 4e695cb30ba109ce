"""The page of indicators: the catalogue, each entry with formula, sources, an example worked by hand and its traps.

Belongs here: the catalogue as Markdown, and words for statuses and qualifiers.
Does not belong here: entries (indicators).
"""

from collections.abc import Iterable

from vm_pipeline.indicators.catalogue import CATALOGUE, sources
from vm_pipeline.indicators.entry import KINDS, Indicator
from vm_pipeline.indicators.ingredients import INGREDIENTS
from vm_pipeline.reference.examples import BETTER_FROM, ODD_ONE, POINTS, UNCHARTED, is_charted
from vm_pipeline.reference.judged import LEGEND, image, of_indicator
from vm_pipeline.reference.markdown import code, codes, joined, table, words_for

STATUSES = {
    "final": "Nothing of the period is expected to come any more.",
    "provisional": "It has a value, or part of one, that is not to be judged yet.",
    "missing": "Nothing is known of the period; the row says so. Not a zero.",
    "zero_denominator": "There is nothing to divide by: no value, not 0.",
    "suppressed": "Reserved for disclosure control, which does not exist yet.",
}
QUALIFIERS = {
    "paused": (
        "any",
        "A pause in pauses.csv touches the period, or the days since the event before. Said before any other reason; "
        "values stay.",
    ),
    "open_period": (
        "provisional",
        "The period, and the periods after it that the value waits for, were not over at the last receipt, or at the "
        "last one of the activity or ledger it is made of.",
    ),
    "no_ledger": (
        "provisional",
        "The ledger of a month that the period touches was not received, or not from each of a provider's systems; or "
        "it sends the year so far and the month before is not there.",
    ),
    "no_activity": (
        "provisional",
        "The activity of a month that the period touches, or the days since the event before, was not received.",
    ),
    "incomplete": ("provisional", "Some teams of the level have nothing for the period that others have."),
    "too_little_activity": ("provisional", "The denominator is below the indicator's minimum."),
    "open_gap": ("provisional", "The last gap, still open when the last activity ends."),
    "not_sampled": ("missing", "No sample or wave in the period. The last one is not carried forward."),
    "no_data": ("missing", "No record of the period, though there are some before and after."),
    "nothing_to_divide_by": ("zero_denominator", "The denominator is 0."),
    "sampled": ("final", "From a sample or a wave."),
    "below_zero": ("final", "A share below zero: an error in the sample."),
    "above_100": ("final", "More answers than questionnaires."),
}


def indicators_page() -> str:
    """Every indicator and ingredient, and what is said of a value."""
    uncharted = words_for(UNCHARTED, [one.code for one in CATALOGUE if not is_charted(one)], "charts of indicators")
    return joined(
        "# Indicators\n\nWhat `vm.indicator_value` holds, by week and month, for each team, service and provider and "
        "for all. A value is factor × numerator ÷ denominator, in full precision; rounding is left to display.",
        _contents(CATALOGUE),
        f"**The charts show made-up figures.** {POINTS} points lie about the level of the worked example; from point"
        f" {BETTER_FROM + 1} on they are better, or, where neither side is, point {ODD_ONE + 1} lies apart. They are"
        f" judged by the indicator's own profile ([rules](rules.md)). {LEGEND}",
        *(_entry(one, uncharted.get(one.code, "")) for one in CATALOGUE),
        "## Kinds",
        table(("kind", "how it is rolled up"), [(code(kind), said) for kind, said in KINDS.items()]),
        _states(),
        "## Ingredients",
        "Numerators and denominators are sums of these. *Counted*: no record means none, where the feed was received, "
        "or where the other side of the ratio came of the same feed. The others are not known without a record, nor is "
        "a sum of which one of them lacks.",
        table(
            ("ingredient", "unit", "source", "counted", "what it is"),
            [(code(i.name), i.unit, code(i.source), "yes" if i.counted else "", i.meaning) for i in INGREDIENTS],
        ),
    )


def indicator_charts() -> dict[str, str]:
    """The drawing of every indicator that is judged on a chart, by its code."""
    return {one.code: of_indicator(one) for one in CATALOGUE if is_charted(one)}


def _contents(entries: Iterable[Indicator]) -> str:
    rows = [
        (f"[{one.code}](#{_anchor(one)})", one.name, one.unit, one.direction, ", ".join(one.grains), one.block)
        for one in entries
    ]
    return table(("code", "indicator", "unit", "better", "grains", "box score"), rows)


def _anchor(one: Indicator) -> str:
    kept = (letter for letter in f"{one.code} {one.name}".lower() if letter.isalnum() or letter in " -_")
    return "".join(kept).replace(" ", "-")


def _entry(one: Indicator, uncharted: str) -> str:
    facts = [
        ("formula", code(one.formula)),
        ("kind", code(one.kind)),
        ("sources", codes(sources(one))),
        ("chart", f"{code(one.chart)}, signals by {code(one.profile)}" if one.chart else code(one.profile)),
        ("columns", codes(_columns(one))),
        ("levels", codes(one.levels) if one.grains else ""),
        ("edge rules", " ".join(_edges(one))),
    ]
    return joined(
        f"## {one.code} {one.name}",
        one.meaning,
        table(("", ""), [(name, said) for name, said in facts if said]),
        f"*By hand:* {one.example.said}",
        f"\n{one.notes}" if one.notes else "",
        f"\n*No chart:* {uncharted}" if uncharted else _illustrated(one),
    )


def _illustrated(one: Indicator) -> str:
    drawn = image(one.code, f"{one.name}: made-up figures on a {one.chart} chart, judged by {one.profile}")
    return f"{drawn}\n\n*Made-up figures*, by {_drawn_by(one)}."


def _drawn_by(one: Indicator) -> str:
    """The grain of its example: one that is judged, where there is one."""
    judged = [grain for grain in one.grains if grain not in one.hangs_together] or one.grains
    return "event" if one.kind == "gap" else judged[0]


def _columns(one: Indicator) -> list[str]:
    named = (("team_week", one.column if one.in_box_score else ""), ("team_month", one.team_month_column))
    return [f"{where}.{column}" for where, column in named if column]


def _edges(one: Indicator) -> list[str]:
    rules = []
    if one.denominator:
        rules.append("A zero denominator gives no value.")
    if one.minimum:
        rules.append(f"Provisional below {one.minimum}.")
    if one.lag_weeks:
        rules.append(f"Provisional for {one.lag_weeks} more weeks, or {one.lag_months} more months.")
    if one.is_sampled:
        rules.append("Only sampled periods have a value.")
    if one.hangs_together:
        rules.append(f"A {' or '.join(one.hangs_together)} raises no signal: it shares much with the one before.")
    return rules


def _states() -> str:
    return joined(
        "## Status and qualifier",
        "Judged at the time of the last receipt in force, never by the clock of a machine. Of several reasons the "
        "first of this order is said.",
        table(("status", "what it says"), [(code(status), said) for status, said in STATUSES.items()]),
        table(
            ("qualifier", "with", "why"),
            [(code(q), code(s) if s != "any" else s, w) for q, (s, w) in QUALIFIERS.items()],
        ),
        "A class (`V01`) has its class as qualifier: `cheaper` or `dearer`, with `better`, `same` or `worse`.",
    )
