"""Inpatient stays of a ward, and what follows from them: bed days, falls, violence, care plans.

Belongs here: who came when and stayed how long, the census counted from that, events in proportion to it.
Does not belong here: clinics (clinics), how a record is spelled (activity), rates and their bends (programme, story).
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

from vm_pipeline.calendar import month_number, period_of
from vm_pipeline.demo.activity_record import Delivery, Record, delivered
from vm_pipeline.demo.chance import count, happens, moment_of, skewed, stream
from vm_pipeline.demo.programme import FIRST_DAY, LAST_DAY, LAST_MONTH, Board, Ward, period_of_day
from vm_pipeline.demo.story import (
    ADMISSIONS,
    ADMISSIONS_ELSEWHERE,
    CARE_PLANS,
    FALLS,
    FALLS_ELSEWHERE,
    FALLS_WITH_HARM,
    NIGHTS,
    STEADY,
    VIOLENCE,
    Levels,
    level,
)

ONE_DAY = timedelta(days=1)
DAYS = [FIRST_DAY + number * ONE_DAY for number in range((LAST_DAY - FIRST_DAY).days + 1)]
_LONGEST = 4  # no stay is longer than so many times the mean: how far back the first patients came
_SEEN_BEFORE = 0.14  # share of admissions of somebody who has been on the ward before
_ENTERED_TWICE = 0.003
_MISCOUNTED = 0.004
_PER_BED_DAYS = 1_000
_DISCHARGES = ("HOME", "HOME", "HOME", "HOME", "TRANSFER", "CARE-HOME")
_DAY_HOURS = (9, 19)  # people go home between


class Stay(NamedTuple):
    """One stay on a ward; the moment it ends is known here even when it lies after the programme."""

    record_id: str
    patient: str
    start: datetime
    end: datetime
    discharge: str


def ward_records(board: Board, ward: Ward, seed: int) -> Iterator[Delivery]:
    """Everything a ward reports."""
    stays = ward_stays(board, ward, seed)
    census = bed_days(stays)
    yield from _stay_records(ward, stays, stream(seed, board.code, "stays", ward.unit, "sent"))
    yield from _census_records(ward, census, stream(seed, board.code, "bed days", ward.unit))
    yield from _falls(ward, census, stream(seed, board.code, "falls", ward.unit))
    if ward.team in VIOLENCE:
        yield from _violence(ward, census, stream(seed, board.code, "violence", ward.unit))
    if ward.unit in CARE_PLANS:
        yield from _care_plans(ward, stays, stream(seed, board.code, "care plans", ward.unit))


def ward_stays(board: Board, ward: Ward, seed: int) -> list[Stay]:
    """Stays that touch the programme, those included that began before it."""
    rng = stream(seed, board.code, "stays", ward.unit)
    early = [FIRST_DAY - number * ONE_DAY for number in range(int(_LONGEST * ward.nights), 0, -1)]
    stays: list[Stay] = []
    for day in [*early, *DAYS]:
        rate = ward.admissions / 7 * level(ADMISSIONS.get(ward.unit, ADMISSIONS_ELSEWHERE), period_of_day(day))
        for _ in range(count(rng, rate)):
            stays.append(_stay(board, ward, day, stays, rng))
    return [stay for stay in stays if stay.end.date() >= FIRST_DAY]


def bed_days(stays: list[Stay]) -> dict[date, int]:
    """Beds occupied at midnight: the day of admission counts, the day of discharge does not."""
    changes = dict.fromkeys(DAYS, 0)
    for stay in stays:
        changes[max(stay.start.date(), FIRST_DAY)] += 1
        if stay.end.date() <= LAST_DAY:
            changes[stay.end.date()] -= 1
    beds = 0
    return {day: (beds := beds + change) for day, change in changes.items()}


def _stay(board: Board, ward: Ward, day: date, earlier: list[Stay], rng: Random) -> Stay:
    mean = ward.nights * level(NIGHTS.get(ward.unit, STEADY), period_of_day(day))
    nights = int(skewed(rng, mean) + 0.5)
    start = moment_of(rng, day)
    leaves = moment_of(rng, day + nights * ONE_DAY, *_DAY_HOURS)
    if earlier and happens(rng, _SEEN_BEFORE):
        patient = rng.choice(earlier).patient
    else:
        patient = f"SYNTHETIC-{board.prefix}-{ward.unit}-{len(earlier):05}"
    end = leaves if leaves > start else start + timedelta(hours=2)
    return Stay(f"{ward.unit}-S{len(earlier):06}", patient, start, end, rng.choice(_DISCHARGES))


def _stay_records(ward: Ward, stays: list[Stay], rng: Random) -> Iterator[Delivery]:
    for stay in stays:
        still_in = Record("I", stay.record_id, ward.unit, "inpatient_stay", stay.start, patient=stay.patient)
        gone = still_in._replace(end=stay.end, discharge=stay.discharge)
        sent = list(delivered(period_of_day(stay.start), still_in, period_of_day(stay.end), gone))
        yield from sent
        month, record = sent[0]
        if month < LAST_MONTH and happens(rng, _ENTERED_TWICE):
            yield from _entered_twice(month, record)


def _entered_twice(month: str, record: Record) -> Iterator[Delivery]:
    """The same stay under a second number, taken out again by the next extract."""
    second = record._replace(record_id=f"{record.record_id}B")
    yield month, second
    yield period_of(month_number(month) + 1), Record("D", second.record_id)


def _census_records(ward: Ward, census: dict[date, int], rng: Random) -> Iterator[Delivery]:
    """Beds at midnight, a record a day; a few are counted wrong first and put right in the next extract."""
    for day, beds in census.items():
        month = period_of_day(day)
        right = Record("I", f"{ward.unit}-B{day:%y%m%d}", ward.unit, "bed_day", day, quantity=str(beds))
        if month < LAST_MONTH and happens(rng, _MISCOUNTED):
            wrong = right._replace(quantity=str(beds + 1))
            yield from delivered(month, wrong, period_of(month_number(month) + 1), right)
        else:
            yield month, right


def _falls(ward: Ward, census: dict[date, int], rng: Random) -> Iterator[Delivery]:
    rates = FALLS.get(ward.team, FALLS_ELSEWHERE)
    for number, fallen in enumerate(_events(census, rates, rng)):
        outcome = "harm" if happens(rng, FALLS_WITH_HARM) else "no_harm"
        record = Record("I", f"{ward.unit}-F{number:05}", ward.unit, "fall", fallen, outcome=outcome)
        yield period_of_day(fallen), record


def _violence(ward: Ward, census: dict[date, int], rng: Random) -> Iterator[Delivery]:
    for number, happened in enumerate(_events(census, VIOLENCE[ward.team], rng)):
        yield period_of_day(happened), Record("I", f"{ward.unit}-V{number:05}", ward.unit, "violence", happened)


def _events(census: dict[date, int], rates: Levels, rng: Random) -> Iterator[datetime]:
    """Moments of events that happen so often for each 1,000 bed days."""
    for day, beds in census.items():
        for _ in range(count(rng, level(rates, period_of_day(day)) * beds / _PER_BED_DAYS)):
            yield moment_of(rng, day)


def _care_plans(ward: Ward, stays: list[Stay], rng: Random) -> Iterator[Delivery]:
    """One record for each admission whose care plan was made within 24 hours."""
    for stay in stays:
        month = period_of_day(stay.start)
        if stay.start.date() >= FIRST_DAY and happens(rng, level(CARE_PLANS[ward.unit], month)):
            record = Record("I", f"{stay.record_id}-CP", ward.unit, "care_plan_24h", stay.start, patient=stay.patient)
            yield month, record
