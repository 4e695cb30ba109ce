"""Programme settings that a programme office keeps by hand: targets, pauses, decisions on centre lines.

Belongs here: columns of `targets.csv`, `pauses.csv` and `rebases.csv`, and the rules a row must meet.
Does not belong here: what indicators make of them (sql/), other reference tables (reference).
"""

from vm_pipeline.feeds.contract import Column, Fault, Rule
from vm_pipeline.feeds.values import CODE, DATE, LEVEL, MONTH, TEXT, Value

_PROVIDER = Column("provider_code", CODE, "Health board or trust.")
_FROM = Column("valid_from", DATE, "First day it holds; empty = always.", optional=True)
_TO = Column("valid_to", DATE, "Last day it holds; empty = until further notice.", optional=True)


def _optional(name: str, value: Value, description: str) -> Column:
    return Column(name, value, description, optional=True)


TARGETS = (
    _PROVIDER,
    Column("team_code", CODE, "Team of the programme."),
    Column("indicator_code", CODE, "Indicator of the catalogue, `P09`."),
    _optional("baseline_from", MONTH, "First month the baseline is taken from."),
    _optional("baseline_to", MONTH, "Last month of it."),
    _optional("baseline", LEVEL, "Where the team started, in the indicator's own unit."),
    _optional("target", LEVEL, "What it wants, in the same unit."),
    _FROM,
    _TO,
)
TARGETS_KEY = ("provider_code", "team_code", "indicator_code")

PAUSES = (
    _PROVIDER,
    _optional("team_code", CODE, "Team that paused; empty = all teams of the provider."),
    Column("pause_from", MONTH, "First month without programme work."),
    Column("pause_to", MONTH, "Last month of it."),
    _optional("reason", TEXT, "Why."),
)
PAUSES_KEY = ("provider_code", "pause_from_sent", "pause_to_sent")
PAUSE_BACKWARDS = Rule(
    "end_before_start", "pause_to is before pause_from.", (Fault("pause_to", "pause_to < pause_from"),)
)

REBASES = (
    _PROVIDER,
    Column("team_code", CODE, "Team of the programme."),
    Column("indicator_code", CODE, "Indicator of the catalogue."),
    Column("rebase_from", MONTH, "First month of the new centre line."),
    _optional("decided_on", DATE, "Day of the decision."),
    _optional("decided_by", TEXT, "Whose decision it was: a role, never a name."),
    _optional("cause", TEXT, "What changed."),
)
REBASES_KEY = ("provider_code", "team_code", "indicator_code", "rebase_from_sent")
