"""Reference tables: small, slowly changing, valid from a day to a day (both included; empty = open).

Belongs here: the columns of each file, which rows may not overlap, which files a run cannot do without.
Does not belong here: applying them to facts (sql/core).
"""

from dataclasses import dataclass

from vm_pipeline.feeds import programme_roles, programme_settings, saving_cases
from vm_pipeline.feeds.contract import Column, Contract, Fault, Rule, missing, not_of, unreadable
from vm_pipeline.feeds.survey import SCALES
from vm_pipeline.feeds.values import (
    CODE,
    COUNT,
    DATE,
    FINANCIAL_YEAR,
    FLAG,
    LEDGER_PERIOD,
    LEVEL,
    LOWER_CODE,
    MONEY,
    MONTH,
    NAME,
    PRICE,
    SHARE,
    TEXT,
    Value,
)

PROVIDER = Column("provider_code", CODE, "Health board or trust.")
TEAM = Column("team_code", CODE, "Team of the programme.")
SPAN = (
    Column("valid_from", DATE, "First day it holds; empty = always.", optional=True),
    Column("valid_to", DATE, "Last day it holds; empty = until further notice.", optional=True),
)
HINTS = (
    Column("rows", TEXT, "Ignored: a hint in a list of unmapped codes.", optional=True),
    Column("amount_gbp", TEXT, "Ignored: a hint in a list of unmapped codes.", optional=True),
)
CATEGORIES = (
    "pay_substantive",
    "pay_bank",
    "pay_agency",
    "pay_overtime",
    "drugs",
    "food",
    "supplies",
    "other",
    "income",
    "capital",
    "recharge",
)
UNALLOCATED = "UNALLOCATED"


@dataclass(frozen=True)
class Reference:
    """One reference file. `alone` names the columns of which two rows may not hold on one day (refused otherwise)."""

    name: str
    contract: Contract
    consequence: str
    essential: bool = False
    alone: tuple[str, ...] = ()


_NUMBERS = (SHARE, MONEY, PRICE, LEVEL, MONTH, COUNT, FLAG, FINANCIAL_YEAR, LEDGER_PERIOD)


def _text(name: str, description: str, value: Value = TEXT, optional: bool = False) -> Column:
    return Column(name, value, description, optional=optional)


def _contract(name: str, grain: str, *columns: Column, key: tuple[str, ...], more: tuple[Rule, ...] = ()) -> Contract:
    dates = [c for c in columns if c.value is DATE]
    numbers = [c for c in columns if c.value in _NUMBERS]
    rules = [Rule("missing_code", "A key part is empty.", missing(*key))]
    if dates:
        rules.append(Rule("bad_date", "A day cannot be read.", unreadable(*dates)))
    if numbers:
        rules.append(Rule("bad_number", "A number, flag or period cannot be read.", unreadable(*numbers)))
    return Contract(feed=f"reference/{name}", grain=grain, columns=columns, rules=(*rules, *more), has_periods=False)


_BACKWARDS = Rule("end_before_start", "valid_to is before valid_from.", (Fault("valid_to", "valid_to < valid_from"),))

REFERENCES: dict[str, Reference] = {
    reference.name: reference
    for reference in (
        Reference(
            "providers",
            _contract(
                "providers", "one provider", PROVIDER, _text("provider_name", "Its name."), key=("provider_code",)
            ),
            "providers are shown by code only",
            essential=True,
            alone=("provider_code",),
        ),
        Reference(
            "teams",
            _contract(
                "teams",
                "one team over a span of days",
                PROVIDER,
                TEAM,
                _text("team_name", "Its name."),
                _text("service", "Service it belongs to.", optional=True),
                _text("care_setting", "Ward, clinic, community, kitchen …", optional=True),
                *SPAN,
                key=("provider_code", "team_code"),
                more=(_BACKWARDS,),
            ),
            "teams are shown by code only",
            essential=True,
            alone=("provider_code", "team_code"),
        ),
        Reference(
            "cost_centre_map",
            _contract(
                "cost_centre_map",
                "one cost centre's share in one team over a span of days",
                PROVIDER,
                _text("cost_centre_code", "Cost centre.", CODE),
                TEAM,
                _text("share", "Part of its cost; the shares of a day sum to 1 at most.", SHARE),
                *SPAN,
                *HINTS,
                key=("provider_code", "cost_centre_code", "team_code", "share_sent"),
                more=(_BACKWARDS,),
            ),
            "every cost goes to UNALLOCATED",
            essential=True,
        ),
        Reference(
            "unit_map",
            _contract(
                "unit_map",
                "one unit's team over a span of days",
                PROVIDER,
                _text("unit_code", "Ward, clinic, kitchen.", CODE),
                TEAM,
                *SPAN,
                *HINTS,
                key=("provider_code", "unit_code", "team_code"),
                more=(_BACKWARDS,),
            ),
            "all activity goes to UNALLOCATED",
            essential=True,
            alone=("provider_code", "unit_code"),
        ),
        Reference(
            "account_map",
            _contract(
                "account_map",
                "one account",
                _text("account_code", "Account.", CODE),
                _text("account_name", "Its name.", optional=True),
                _text("cost_category", "Kind of cost.", LOWER_CODE),
                _text("is_direct", "Counts as direct cost.", FLAG),
                _text("cost_timing", "`dated` or `spread`; pay is spread unless said otherwise.", LOWER_CODE, True),
                *HINTS,
                key=("account_code", "is_direct_sent"),
                more=(
                    Rule(
                        "bad_category",
                        "The cost category is not one of the list.",
                        not_of("cost_category", CATEGORIES),
                    ),
                    Rule(
                        "bad_timing",
                        "The cost timing is neither dated nor spread.",
                        not_of("cost_timing", ("dated", "spread"), may_be_empty=True),
                    ),
                ),
            ),
            "every cost is `other` and not direct",
            essential=True,
            alone=("account_code",),
        ),
        Reference(
            "survey_team_map",
            _contract(
                "survey_team_map",
                "one survey's name for a team",
                PROVIDER,
                _text("survey_code", "Survey.", CODE),
                _text("team_name", "Team as the survey names it.", NAME),
                TEAM,
                *HINTS,
                key=("provider_code", "survey_code", "team_name", "team_code"),
            ),
            "all answers go to UNALLOCATED",
            alone=("provider_code", "survey_code", "team_name"),
        ),
        Reference(
            "survey_questions",
            _contract(
                "survey_questions",
                "one question",
                _text("survey_code", "Survey.", CODE),
                _text("question_code", "Question.", CODE),
                _text("question_text", "Its wording, as a header may give it.", optional=True),
                _text("scale", "`agree6` `agree5` `yesno` `0-10`.", LOWER_CODE),
                _text("positive_answers", "Answers that count as positive, `A|B`.", optional=True),
                key=("survey_code", "question_code", "scale"),
                more=(
                    Rule(
                        "bad_scale",
                        "The scale is not one of the list.",
                        not_of("scale", tuple(SCALES), may_be_empty=True),
                    ),
                ),
            ),
            "questionnaires cannot be scored; answers already added up still count",
            alone=("survey_code", "question_code"),
        ),
        Reference(
            "survey_issued",
            _contract(
                "survey_issued",
                "one team and wave",
                PROVIDER,
                _text("survey_code", "Survey.", CODE),
                _text("wave_date", "Day of the wave.", DATE),
                _text("team_name", "Team as the survey names it.", NAME),
                _text("issued", "Questionnaires given out.", COUNT),
                key=("provider_code", "survey_code", "wave_date_sent", "team_name", "issued_sent"),
            ),
            "response rates are absent",
        ),
        Reference(
            "budget",
            _contract(
                "budget",
                "one cost centre, account and ledger period",
                PROVIDER,
                _text("cost_centre_code", "Cost centre.", CODE),
                _text("account_code", "Account.", CODE),
                _text("financial_year", "Financial year.", FINANCIAL_YEAR),
                Column("period", LEDGER_PERIOD, "Accounting period.", stored_as="ledger_period"),
                _text("amount", "Pounds.", MONEY),
                _text("wte", "Funded whole-time equivalents.", optional=True),
                key=("provider_code", "cost_centre_code", "account_code"),
            ),
            "budget variances are absent",
        ),
        Reference(
            "saving_cases",
            _contract(
                "saving_cases",
                "one saving and pair of windows",
                *saving_cases.COLUMNS,
                key=saving_cases.KEY,
                more=saving_cases.RULES,
            ),
            "savings are absent",
            alone=saving_cases.ALONE,
        ),
        Reference(
            "role_log",
            _contract(
                "role_log",
                "one role at a huddle, or one coach's post over a span of days",
                *programme_roles.ROLE_LOG,
                key=programme_roles.ROLE_LOG_KEY,
                more=programme_roles.ROLE_LOG_RULES,
            ),
            "who was at huddles and how coaches went on is absent",
        ),
        Reference(
            "coach_survey",
            _contract(
                "coach_survey",
                "one coach's rating of one item in one wave",
                *programme_roles.COACH_SURVEY,
                key=programme_roles.COACH_SURVEY_KEY,
                more=programme_roles.COACH_SURVEY_RULES,
            ),
            "what coaches gained is absent",
            alone=programme_roles.COACH_SURVEY_ALONE,
        ),
        Reference(
            "prices",
            _contract(
                "prices",
                "one item's price over a span of days",
                PROVIDER,
                _text("item_code", "Item.", CODE),
                _text("price", "Pounds a unit.", PRICE),
                *SPAN,
                key=("provider_code", "item_code", "price_sent"),
                more=(_BACKWARDS,),
            ),
            "price effects are absent",
            alone=("provider_code", "item_code"),
        ),
        Reference(
            "targets",
            _contract(
                "targets",
                "what a team wants of one indicator over a span of days",
                *programme_settings.TARGETS,
                key=programme_settings.TARGETS_KEY,
                more=(_BACKWARDS,),
            ),
            "the box score has no baselines and targets",
            alone=programme_settings.TARGETS_KEY,
        ),
        Reference(
            "pauses",
            _contract(
                "pauses",
                "one pause",
                *programme_settings.PAUSES,
                key=programme_settings.PAUSES_KEY,
                more=(programme_settings.PAUSE_BACKWARDS,),
            ),
            "no value counts as paused",
        ),
        Reference(
            "rebases",
            _contract(
                "rebases",
                "one decision to begin a new centre line",
                *programme_settings.REBASES,
                key=programme_settings.REBASES_KEY,
            ),
            "no centre line begins anew",
            alone=("provider_code", "team_code", "indicator_code", "rebase_from"),
        ),
    )
}
