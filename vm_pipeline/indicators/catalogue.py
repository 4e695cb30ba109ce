"""The catalogue of indicators, each declared once; docs, `dim_indicator`, `indicator_value` follow from it.

Belongs here: the blocks put together, and the tables of them that SQL reads.
Does not belong here: any one entry (finance, performance, capacity …), how one is computed (sql/marts).
"""

from vm_pipeline.indicators.capacity import CAPACITY
from vm_pipeline.indicators.entry import IN_INDICATOR_VALUE, Indicator, sign_and_name
from vm_pipeline.indicators.finance import FINANCE
from vm_pipeline.indicators.ingredients import INGREDIENT, INGREDIENTS
from vm_pipeline.indicators.meta import META
from vm_pipeline.indicators.performance import PERFORMANCE
from vm_pipeline.indicators.staff import STAFF
from vm_pipeline.indicators.value import QUALITY_OF_VALUE, VALUE

CATALOGUE: tuple[Indicator, ...] = (*FINANCE, *PERFORMANCE, *CAPACITY, *STAFF, *VALUE, *META)
BOX_SCORE = tuple(one for one in CATALOGUE if one.in_box_score)

Rows = list[tuple[object, ...]]
Table = tuple[str, Rows]  # columns with their types, and rows


def input_tables() -> dict[str, Table]:
    """What SQL reads of the catalogue, as `staging.<name>`."""
    return {
        "indicator": (_INDICATOR, [_indicator(place, one) for place, one in enumerate(CATALOGUE)]),
        "indicator_part": (
            "indicator_code VARCHAR, side VARCHAR, ingredient VARCHAR, weight INTEGER",
            [row for one in CATALOGUE if one.is_generic for row in parts(one)],
        ),
        "ingredient": (
            "ingredient VARCHAR, source VARCHAR, feed VARCHAR, measure_code VARCHAR, outcome_code VARCHAR, "
            "question_code VARCHAR, is_positive BOOLEAN, is_counted BOOLEAN",
            [
                (i.name, i.source, i.feed, i.measure, i.outcome, i.question, i.is_positive, i.counted)
                for i in INGREDIENTS
            ],
        ),
    }


_INDICATOR = (
    "place INTEGER, indicator_code VARCHAR, indicator_name VARCHAR, kind VARCHAR, numerator VARCHAR, "
    "denominator VARCHAR, factor INTEGER, unit VARCHAR, direction VARCHAR, grains VARCHAR, levels VARCHAR, "
    "block VARCHAR, team_week_column VARCHAR, team_month_column VARCHAR, sources VARCHAR, minimum BIGINT, "
    "lag_weeks INTEGER, lag_months INTEGER, is_sampled BOOLEAN, chart VARCHAR, profile VARCHAR, meaning VARCHAR, "
    "formula VARCHAR, example VARCHAR, notes VARCHAR, is_in_value BOOLEAN, numerator_feed VARCHAR, "
    "denominator_feed VARCHAR, numerator_counted BOOLEAN, denominator_counted BOOLEAN, is_quality BOOLEAN, "
    "waits_for VARCHAR"
)


def _indicator(place: int, one: Indicator) -> tuple[object, ...]:
    upper, lower = _side(one.numerator), _side(one.denominator)
    return (
        place, one.code, one.name, one.kind, " + ".join(one.numerator), " + ".join(dict.fromkeys(one.denominator)),
        one.factor, one.unit, one.direction, "|".join(one.grains), "|".join(one.levels), one.block, one.column,
        one.team_month_column, "|".join(sources(one)), one.minimum, one.lag_weeks, one.lag_months, one.is_sampled,
        one.chart, one.profile, one.meaning, one.formula, one.example.said, one.notes,
        one.kind in IN_INDICATOR_VALUE, upper[0], lower[0], upper[1], lower[1], one.code in QUALITY_OF_VALUE,
        "|".join(waits_for(one)),
    )  # fmt: skip


def sources(one: Indicator) -> tuple[str, ...]:
    """What of which feeds and reference files it needs."""
    names = [sign_and_name(part)[1] for part in (*one.numerator, *one.denominator)]
    return tuple(dict.fromkeys(INGREDIENT[name].source for name in names))


def waits_for(one: Indicator) -> tuple[str, ...]:
    """Feeds without whose days it is not whole: its own, or those of the indicators that it is made of.

    Facts count that a reference file chooses: no budget says what was spent.
    """
    made_of = {
        "class": [other for other in CATALOGUE if other.code in ("F02", *QUALITY_OF_VALUE)],
        "completeness": [other for other in BOX_SCORE if other.kind != "completeness" and not other.is_sampled],
    }.get(one.kind, [one])
    names = [sign_and_name(part)[1] for of in made_of for part in (*of.numerator, *of.denominator)]
    return tuple(sorted({INGREDIENT[name].waits_for for name in names}))


def _side(parts: tuple[str, ...]) -> tuple[str, bool]:
    """Feed of a numerator or denominator, and whether no record of it means none."""
    ingredients = [INGREDIENT[sign_and_name(part)[1]] for part in parts]
    return (ingredients[0].feed, all(one.counted for one in ingredients)) if ingredients else ("", False)


def parts(one: Indicator) -> list[tuple[str, str, str, int]]:
    """Code, side, ingredient and weight; one named several times weighs as much."""
    rows = []
    for side, named in (("numerator", one.numerator), ("denominator", one.denominator)):
        for name in dict.fromkeys(sign_and_name(part)[1] for part in named):
            weight = sum(sign for sign, other in map(sign_and_name, named) if other == name)
            rows.append((one.code, side, name, weight))
    return rows
