"""Staff: what they say, and how coaches fare.

Belongs here: entries S01 to S07. Does not belong here: ingredients, SQL.
"""

from vm_pipeline.indicators.entry import Example, Indicator

_WAVES = "Weeks and months without a wave are `missing`, `not_sampled`."

STAFF = (
    Indicator(
        "S01", "Response rate", "ratio", "%", "higher", "run", "his_run",
        "Questionnaires that came back, of those given out.",
        Example(24, 30, 80.0, "24 of 30 are 80.0%."),
        numerator=("responses",), denominator=("issued",), factor=100, is_sampled=True, grains=("month",),
        notes=_WAVES + " More answers than questionnaires are marked `above_100`. Of answers already added up, the "
        "question answered most often stands for the questionnaires.",
    ),
    Indicator(
        "S02", "Employee engagement index", "ratio", "0–100", "higher", "run", "his_run",
        "Mean points on the six-point scale, as a share of six.",
        Example(1_440, 6 * 300, 80.0, "1,440 points of 300 answers: 100 × 1,440 ÷ (6 × 300) = 80.0."),
        numerator=("engagement_points",), denominator=("engagement_answers",) * 6, factor=100, is_sampled=True,
        grains=("month",), minimum=6 * 30,
        notes=_WAVES + " The least possible is 16.7. Bands are cut, not rounded: 66.67 is in 51–66.",
    ),
    Indicator(
        "S03", "Positive survey answers", "ratio", "%", "higher", "run", "his_run",
        "Positive, of all answers to questions that have a positive answer.",
        Example(270, 300, 90.0, "270 of 300 are 90.0%."),
        numerator=("survey_positive",), denominator=("survey_answers",), factor=100, is_sampled=True, minimum=10,
        block="performance", column="positive_pct", team_month_column="positive_pct",
        notes=_WAVES + " Of those who answered, not of those asked: read S01 beside it.",
    ),
    Indicator(
        "S03A", "Feeling supported", "ratio", "%", "higher", "run", "his_run",
        "Positive, of answers to the question SUPPORTED.",
        Example(19, 20, 95.0, "19 of 20 are 95.0%."),
        numerator=("supported_positive",), denominator=("supported_answers",), factor=100, is_sampled=True, minimum=10,
        block="performance", column="supported_pct", notes=_WAVES + " With S03B: both must pass.",
    ),
    Indicator(
        "S03B", "Feeling safe", "ratio", "%", "higher", "run", "his_run",
        "Positive, of answers to the question SAFE.",
        Example(18, 20, 90.0, "18 of 20 are 90.0%, not above 90%."),
        numerator=("safe_positive",), denominator=("safe_answers",), factor=100, is_sampled=True, minimum=10,
        block="performance", column="safe_pct", notes=_WAVES + " With S03A: both must pass.",
    ),
    Indicator(
        "S06", "Coaches' confidence, paired gain", "ratio", "points", "higher", "", "",
        "Mean of later less earlier rating, of coaches asked twice.",
        Example(18, 12, 1.5, "12 coaches gained 18 points: 1.5 each."),
        numerator=("confidence_gain",), denominator=("confidence_pairs",), grains=("month",), minimum=5,
        is_sampled=True,
        notes="Item CONFIDENCE of coach_survey.csv, in the month of the later rating. Who was asked once is left out.",
    ),
    Indicator(
        "S07", "Coaches who progressed", "ratio", "%", "higher", "", "",
        "Coaches in a higher band than they began in, of coaches enrolled so far.",
        Example(10, 24, 41.6667, "10 of 24 are 41.7%."),
        numerator=("coaches_progressed",), denominator=("coaches",), factor=100, grains=("month",),
        notes="A count that only grows: no run chart. Read the numerator: it is the number of coaches.",
    ),
)  # fmt: skip
