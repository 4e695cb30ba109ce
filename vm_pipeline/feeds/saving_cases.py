"""Saving cases: what a programme declares of a saving before anybody works it out.

Belongs here: the columns of `saving_cases.csv` and the rules a row must meet.
Does not belong here: working a saving out (sql/marts/saving_*), other reference tables (reference).
"""

from vm_pipeline.feeds.contract import Column, Fault, Rule, missing, not_of, only_where
from vm_pipeline.feeds.reference_table import PROVIDER, optional
from vm_pipeline.feeds.values import CODE, DATE, FLAG, LOWER_CODE, MONEY, TEXT

METHODS = ("window", "pathway")
SCALES = ("days", "activity")
WINDOWS = ("baseline_from", "baseline_to", "after_from", "after_to")


COLUMNS = (
    PROVIDER,
    Column("case_code", CODE, "The saving; the same code may stand beside several pairs of windows."),
    Column("case_name", TEXT, "Its name."),
    Column(
        "method",
        LOWER_CODE,
        "`window`: cost of the window before, scaled, less cost of the window after. "
        "`pathway`: what moved elsewhere, at the difference of two prices, less the one-off cost.",
    ),
    Column("team_code", CODE, "Team whose cost and volume it is."),
    Column("baseline_from", DATE, "First day of the window before."),
    Column("baseline_to", DATE, "Last day of it."),
    Column("after_from", DATE, "First day of the window after; later than the window before."),
    Column("after_to", DATE, "Last day of it."),
    optional("cost_centre_code", CODE, "Only cost of this cost centre; empty = all of the team's."),
    optional("account_code", CODE, "Only this account, direct or not; empty = direct cost."),
    optional("scale_by", LOWER_CODE, "What the window before is scaled by: `days` (also if empty) or `activity`."),
    optional("volume_measure", LOWER_CODE, "What is bought, or what moved: `measure` or `measure:outcome`."),
    optional("item_code", CODE, "Price of one unit of the volume, in `prices.csv`; empty = cost over volume."),
    optional("moved_item_code", CODE, "Price of one unit where it moved to. For `pathway`."),
    optional("activity_measure", LOWER_CODE, "What drives the volume or cost: `measure` or `measure:outcome`."),
    optional("activity_team_codes", CODE, "Teams whose activity drives it, `A|B`; empty = the team itself."),
    optional("balancing_measure", LOWER_CODE, "Harm of the team that must not rise: `measure` or `measure:outcome`."),
    optional("balancing_base_measure", LOWER_CODE, "Per 1,000 of what, of the teams whose activity it is."),
    optional("one_off_gbp", MONEY, "Cost of the change itself, taken off once; empty = none."),
    Column("is_cash_releasing", FLAG, "Whether money can be taken out of a budget."),
)
KEY = ("provider_code", "case_code", "team_code", *(f"{name}_sent" for name in WINDOWS), "is_cash_releasing_sent")
ALONE = ("provider_code", "case_code", *WINDOWS)


RULES = (
    Rule("bad_method", "The method is not one of the list.", not_of("method", METHODS)),
    Rule("bad_scale", "Scaled by something not of the list.", not_of("scale_by", SCALES, may_be_empty=True)),
    Rule(
        "bad_windows",
        "A window ends before it begins, or the window after begins within the window before.",
        (
            Fault("baseline_to", "baseline_to < baseline_from", "a day that is not before `baseline_from`"),
            Fault("after_to", "after_to < after_from", "a day that is not before `after_from`"),
            Fault("after_from", "after_from <= baseline_to", "a day after `baseline_to`"),
        ),
    ),
    Rule(
        "incomplete_pathway",
        "A pathway without what moved, or without one of its two prices.",
        only_where("method = 'pathway'", missing("volume_measure", "item_code", "moved_item_code")),
    ),
)
