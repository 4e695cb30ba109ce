"""Programme settings that a programme office keeps by hand: targets, pauses, decisions on centre lines.

Belongs here: columns of `targets.csv`, `pauses.csv` and `rebases.csv`, and the rules a row must meet.
Does not belong here: what indicators make of them (sql/), other reference tables (reference).
"""

from vm_pipeline.feeds.contract import Column, Fault, Rule
from vm_pipeline.feeds.reference_table import PROVIDER, SPAN, TEAM, optional
from vm_pipeline.feeds.values import CODE, DATE, LEVEL, MONTH, TEXT

TARGETS = (
    PROVIDER,
    TEAM,
    Column("indicator_code", CODE, "Indicator of the catalogue, `P09`."),
    optional("baseline_from", MONTH, "First month the baseline is taken from."),
    optional("baseline_to", MONTH, "Last month of it."),
    optional("baseline", LEVEL, "Where the team started, in the indicator's own unit."),
    optional("target", LEVEL, "What it wants, in the same unit."),
    *SPAN,
)
TARGETS_KEY = ("provider_code", "team_code", "indicator_code")

PAUSES = (
    PROVIDER,
    optional("team_code", CODE, "Team that paused; empty = all teams of the provider."),
    Column("pause_from", MONTH, "First month without programme work."),
    Column("pause_to", MONTH, "Last month of it."),
    optional("reason", TEXT, "Why."),
)
PAUSES_KEY = ("provider_code", "pause_from_sent", "pause_to_sent")
PAUSE_BACKWARDS = Rule(
    "end_before_start", "pause_to is before pause_from.", (Fault("pause_to", "pause_to < pause_from"),)
)

REBASES = (
    PROVIDER,
    TEAM,
    Column("indicator_code", CODE, "Indicator of the catalogue."),
    Column("rebase_from", MONTH, "First month of the new centre line."),
    optional("decided_on", DATE, "Day of the decision."),
    optional("decided_by", TEXT, "Whose decision it was: a role, never a name."),
    optional("cause", TEXT, "What changed."),
)
REBASES_KEY = ("provider_code", "team_code", "indicator_code", "rebase_from_sent")
