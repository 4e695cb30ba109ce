"""What a team does beside its patients: the weekly huddle, and the sampled hours of a shift.

Belongs here: huddles and time samples, and that there are none while the programme hibernates.
Does not belong here: who was at a huddle (reference tables), stays and clinics.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from vm_pipeline.calendar import first_day
from vm_pipeline.demo.activity_record import Delivery, Record
from vm_pipeline.demo.chance import happens, stream, wobble
from vm_pipeline.demo.programme import LAST_DAY, Board, Team, hibernates, period_of_day
from vm_pipeline.demo.stays import DAYS
from vm_pipeline.demo.story import DIRECT_HOURS, INDIRECT_HOURS, level

WEDNESDAY = 2
_HELD = 0.92
_WEEKS_BETWEEN_SAMPLES = (8, 9, 10)
_SAMPLED_HOURS = 69.0  # six people over shifts of eleven and a half hours
_HOURS_WOBBLE = 0.06


def team_records(board: Board, team: Team, seed: int) -> Iterator[Delivery]:
    """Huddles and time samples of a team that has joined the programme."""
    if not (team.joined and team.unit):
        return
    for day in huddle_days(board, team, seed):
        yield period_of_day(day), Record("I", f"{team.unit}-H{day:%y%m%d}", team.unit, "huddle", day)
    yield from _time_samples(team, stream(seed, board.code, "time samples", team.code))


def huddle_days(board: Board, team: Team, seed: int) -> list[date]:
    """The days on which a team met."""
    rng = stream(seed, board.code, "huddles", team.code)
    wednesdays = [day for day in DAYS if day.weekday() == WEDNESDAY and period_of_day(day) >= team.joined]
    return [day for day in wednesdays if happens(rng, _HELD) and not hibernates(period_of_day(day))]


def _time_samples(team: Team, rng: Random) -> Iterator[Delivery]:
    """Contracted, direct and indirect hours of a sampled shift, every eight to ten weeks."""
    day = first_day(team.joined) + timedelta(days=rng.randrange(14))
    while day <= LAST_DAY:
        month = period_of_day(day)
        if not hibernates(month):
            direct = _SAMPLED_HOURS * level(DIRECT_HOURS, month) * wobble(rng, _HOURS_WOBBLE)
            indirect = _SAMPLED_HOURS * level(INDIRECT_HOURS, month) * wobble(rng, _HOURS_WOBBLE)
            hours = {"contracted_hours": _SAMPLED_HOURS, "direct_hours": direct, "indirect_hours": indirect}
            for measure, value in hours.items():
                name = f"{team.unit}-{measure[0].upper()}H{day:%y%m%d}"
                yield month, Record("I", name, team.unit, measure, day, quantity=f"{value:.1f}")
        day += timedelta(weeks=rng.choice(_WEEKS_BETWEEN_SAMPLES))
