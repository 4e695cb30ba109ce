"""Programme settings that a programme office keeps by hand: targets, pauses, roles at huddles and coaches' posts.

Belongs here: columns of `targets.csv`, `pauses.csv` and `role_log.csv`, and the rules a row must meet.
Does not belong here: what indicators make of them (sql/), other reference tables (reference).
"""

from vm_pipeline.feeds.contract import Column, Rule
from vm_pipeline.feeds.values import CODE, COUNT, DATE, LEVEL, LOWER_CODE, MONTH, TEXT, Value

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
PAUSE_BACKWARDS = Rule("end_before_start", "pause_to is before pause_from.", "pause_to < pause_from")

ROLE_LOG = (
    _PROVIDER,
    Column("team_code", CODE, "Team of the programme."),
    Column("occasion", LOWER_CODE, "`huddle`: present at one. `post`: what a coach is employed as."),
    _FROM,
    _TO,
    Column("role_family", LOWER_CODE, "`clinical` `finance` `data` `pharmacy` `improvement`."),
    _optional("role", TEXT, "The role."),
    _optional("band", COUNT, "Agenda for Change band, of a post."),
    _optional("coach_ref", CODE, "A number that stands for a coach; it is published nowhere."),
)
ROLE_LOG_KEY = ("provider_code", "team_code", "occasion", "role_family")
