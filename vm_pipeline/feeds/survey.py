"""Staff surveys: one completed questionnaire a row, wide as exported, or already added up per team and question.

Belongs here: columns and rules of both layouts, the answers that exist, the scales they score on.
Does not belong here: which question has which scale (reference), which team name is which team (reference).
"""

from vm_pipeline.feeds.contract import (
    MEND_DATE,
    WRONG_PROVIDER,
    Column,
    Contract,
    Duplicates,
    Measure,
    Privacy,
    Rule,
    Summed,
    missing,
)
from vm_pipeline.feeds.values import CODE, COUNT, DATE, NAME, PERCENT, QUANTITY, TEXT

NOT_ANSWERED = ("n/a", "-", "*")

SCALES: dict[str, dict[str, int]] = {
    "agree6": {
        "strongly agree": 6,
        "agree": 5,
        "slightly agree": 4,
        "slightly disagree": 3,
        "disagree": 2,
        "strongly disagree": 1,
    },
    "agree5": {
        "strongly agree": 5,
        "agree": 4,
        "neither agree nor disagree": 3,
        "disagree": 2,
        "strongly disagree": 1,
    },
    "yesno": {"yes": 1, "no": 0},
    "0-10": {str(score): score for score in range(11)},
}
ANSWERS = tuple(sorted({answer for scale in SCALES.values() for answer in scale}))

_HEAD = (
    Column("provider_code", CODE, "Health board or trust."),
    Column("survey_code", CODE, "Which survey."),
    Column("wave_date", DATE, "Day of the wave; decides the month."),
    Column("team_name", NAME, "Team as the survey system names it."),
)
_BAD_DATE = Rule("bad_date", "The wave date cannot be read.", missing("wave_date"), MEND_DATE)
_FILL_IN = "Fill in the code: the same one in every row of the survey."
_MONTH = "(year(wave_date) * 12 + month(wave_date) - 1)"

_MEASURES = (Measure("share_off_scale", "count_if(answer IS NOT DISTINCT FROM '?') / count(*)"),)

SURVEY_WIDE = Contract(
    feed="survey",
    grain="one completed questionnaire; every further column is a question",
    columns=(
        *_HEAD,
        Column("respondent_ref", TEXT, "Respondent; finds repeats and goes no further.", privacy=Privacy.IDENTIFIER),
    ),
    rules=(
        Rule("missing_code", "Provider or survey is empty.", missing("provider_code", "survey_code"), _FILL_IN),
        WRONG_PROVIDER,
        _BAD_DATE,
    ),
    duplicates=Duplicates(
        ("survey_code", "wave_date", "respondent_ref"),
        "last",
        "An earlier answer of the same respondent in one wave.",
        "Nothing, where somebody answered twice: the last answer counts. Else give each respondent a reference.",
    ),
    month=_MONTH,
    measures=_MEASURES,
    open_header=True,
)

SURVEY_COUNTS = Contract(
    feed="survey",
    grain="one team and question, already added up",
    columns=(
        *_HEAD,
        Column("question_code", CODE, "Which question."),
        Column("answered", COUNT, "How many answered."),
        Column("positive", QUANTITY, "How many of them answered positively.", optional=True),
        Column("positive_pct", PERCENT, "The same in per cent of `answered`, unrounded.", optional=True),
    ),
    rules=(
        Rule(
            "missing_code",
            "Provider, survey or question is empty.",
            missing(*(c.name for c in _HEAD[:2]), "question_code"),
            _FILL_IN,
        ),
        WRONG_PROVIDER,
        _BAD_DATE,
    ),
    duplicates=Duplicates(
        ("survey_code", "wave_date", "team_name", "question_code"),
        "last",
        "An earlier row for the same team and question.",
        "Leave one row a team and question; the last one counts.",
    ),
    month=_MONTH,
    # One row that says more is left out of itself. Unread figures are empty, and `least` passes over what is empty.
    summed=Summed("answered", 10**9, "CASE WHEN answered IS NOT NULL THEN least(answered, 999999999) END"),
    measures=_MEASURES,
)


def layout_of(header: tuple[str, ...]) -> Contract:
    """The contract a survey file follows, by its header (names in lower case)."""
    return SURVEY_COUNTS if {"question_code", "answered"} <= set(header) else SURVEY_WIDE
