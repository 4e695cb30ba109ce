"""Reference tables: small, slowly changing, valid from a day to a day (both included; empty = open).

Belongs here: the columns of each file, which rows may not overlap, which files a run cannot do without.
Does not belong here: applying them to facts (sql/core).
"""

from vm_pipeline.feeds import programme_roles, programme_settings, saving_cases
from vm_pipeline.feeds.contract import Column, Fault, Rule, not_of
from vm_pipeline.feeds.reference_table import BACKWARDS, HINTS, PROVIDER, SPAN, TEAM, Reference, contract_of, text
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
    NAME,
    PRICE,
    SHARE,
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

REFERENCES: dict[str, Reference] = {
    reference.name: reference
    for reference in (
        Reference(
            "providers",
            contract_of(
                "providers", "one provider", PROVIDER, text("provider_name", "Its name."), key=("provider_code",)
            ),
            "providers are shown by code only",
            essential=True,
            alone=("provider_code",),
        ),
        Reference(
            "teams",
            contract_of(
                "teams",
                "one team over a span of days",
                PROVIDER,
                TEAM,
                text("team_name", "Its name."),
                text("service", "Service it belongs to.", optional=True),
                text("care_setting", "Ward, clinic, community, kitchen …", optional=True),
                *SPAN,
                key=("provider_code", "team_code"),
                more=(BACKWARDS,),
            ),
            "teams are shown by code only",
            essential=True,
            alone=("provider_code", "team_code"),
        ),
        Reference(
            "cost_centre_map",
            contract_of(
                "cost_centre_map",
                "one cost centre's share in one team over a span of days",
                PROVIDER,
                text("cost_centre_code", "Cost centre.", CODE),
                TEAM,
                text("share", "Part of its cost; the shares of a day sum to 1 at most.", SHARE),
                *SPAN,
                *HINTS,
                key=("provider_code", "cost_centre_code", "team_code", "share_sent"),
                more=(BACKWARDS,),
            ),
            "every cost goes to UNALLOCATED",
            essential=True,
        ),
        Reference(
            "unit_map",
            contract_of(
                "unit_map",
                "one unit's team over a span of days",
                PROVIDER,
                text("unit_code", "Ward, clinic, kitchen.", CODE),
                TEAM,
                *SPAN,
                *HINTS,
                key=("provider_code", "unit_code", "team_code"),
                more=(BACKWARDS,),
            ),
            "all activity goes to UNALLOCATED",
            essential=True,
            alone=("provider_code", "unit_code"),
        ),
        Reference(
            "account_map",
            contract_of(
                "account_map",
                "one account",
                text("account_code", "Account.", CODE),
                text("account_name", "Its name.", optional=True),
                text("cost_category", "Kind of cost.", LOWER_CODE),
                text("is_direct", "Counts as direct cost.", FLAG),
                text("cost_timing", "`dated` or `spread`; pay is spread unless said otherwise.", LOWER_CODE, True),
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
            contract_of(
                "survey_team_map",
                "one survey's name for a team",
                PROVIDER,
                text("survey_code", "Survey.", CODE),
                text("team_name", "Team as the survey names it.", NAME),
                TEAM,
                *HINTS,
                key=("provider_code", "survey_code", "team_name", "team_code"),
            ),
            "all answers go to UNALLOCATED",
            alone=("provider_code", "survey_code", "team_name"),
        ),
        Reference(
            "survey_questions",
            contract_of(
                "survey_questions",
                "one question",
                text("survey_code", "Survey.", CODE),
                text("question_code", "Question.", CODE),
                text("question_text", "Its wording, as a header may give it.", optional=True),
                text("scale", "`agree6` `agree5` `yesno` `0-10`.", LOWER_CODE),
                text("positive_answers", "Answers that count as positive, `A|B`.", optional=True),
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
            contract_of(
                "survey_issued",
                "one team and wave",
                PROVIDER,
                text("survey_code", "Survey.", CODE),
                text("wave_date", "Day of the wave.", DATE),
                text("team_name", "Team as the survey names it.", NAME),
                text("issued", "Questionnaires given out.", COUNT),
                key=("provider_code", "survey_code", "wave_date_sent", "team_name", "issued_sent"),
            ),
            "response rates are absent",
            alone=("provider_code", "survey_code", "wave_date", "team_name"),
        ),
        Reference(
            "budget",
            contract_of(
                "budget",
                "one cost centre, account and ledger period",
                PROVIDER,
                text("cost_centre_code", "Cost centre.", CODE),
                text("account_code", "Account.", CODE),
                text("financial_year", "Financial year.", FINANCIAL_YEAR),
                Column("period", LEDGER_PERIOD, "Accounting period.", stored_as="ledger_period"),
                text("amount", "Pounds.", MONEY),
                text("wte", "Funded whole-time equivalents.", LEVEL, optional=True),
                key=("provider_code", "cost_centre_code", "account_code", "financial_year_sent"),
                more=(
                    Rule(
                        "bad_period",
                        "The accounting period is empty.",
                        (Fault("ledger_period", "period_sent IS NULL"),),
                    ),
                ),
            ),
            "budget variances are absent",
            alone=("provider_code", "cost_centre_code", "account_code", "financial_year", "ledger_period"),
            is_fact=True,
        ),
        Reference(
            "saving_cases",
            contract_of(
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
            contract_of(
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
            contract_of(
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
            contract_of(
                "prices",
                "one item's price over a span of days",
                PROVIDER,
                text("item_code", "Item.", CODE),
                text("price", "Pounds a unit.", PRICE),
                *SPAN,
                key=("provider_code", "item_code", "price_sent"),
                more=(BACKWARDS,),
            ),
            "price effects are absent",
            alone=("provider_code", "item_code"),
        ),
        Reference(
            "targets",
            contract_of(
                "targets",
                "what a team wants of one indicator over a span of days",
                *programme_settings.TARGETS,
                key=programme_settings.TARGETS_KEY,
                more=(BACKWARDS,),
            ),
            "the box score has no baselines and targets",
            alone=programme_settings.TARGETS_KEY,
        ),
        Reference(
            "pauses",
            contract_of(
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
            contract_of(
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
