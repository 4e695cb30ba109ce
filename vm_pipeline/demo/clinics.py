"""Clinics and community teams: appointments, referrals, treatments.

Belongs here: what units without beds did.
Does not belong here: wards (stays), rates and their bends (programme, story).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from vm_pipeline.calendar import first_day, last_day
from vm_pipeline.demo.activity_record import Delivery, Record, delivered
from vm_pipeline.demo.chance import count, happens, moment_of, quota, stream, wobble
from vm_pipeline.demo.programme import AFTER, LAST_DAY, MONTHS, Board, Clinic, period_of_day
from vm_pipeline.demo.stays import DAYS
from vm_pipeline.demo.story import (
    CANCELLED,
    MISSED,
    MISSED_ELSEWHERE,
    RETURNED,
    TREATED_IN_HOSPITAL,
    ReturnedPhase,
    level,
)

MOVED_TREATMENTS = 600  # given in the community within the window AFTER; none before it
_SATURDAY = 5
_WORKING_DAYS = 5
_OPEN_HOURS = (9, 17)
_SLOWEST_DECISION = 20  # days
_NEVER_DECIDED = 0.01
_PATIENTS = 900


class Referral(NamedTuple):
    """One referral: when it came and when it was decided (None: never, or not before the programme ended)."""

    received: date
    decided: date | None


def clinic_records(board: Board, clinic: Clinic, seed: int) -> Iterator[Delivery]:
    """Everything a clinic reports."""
    yield from _attendances(board, clinic, stream(seed, board.code, "attendances", clinic.unit))
    if clinic.referrals:
        yield from _referrals(board, clinic, stream(seed, board.code, "referrals", clinic.unit))
    if clinic.treatments:
        yield from _in_hospital(board, clinic, stream(seed, board.code, "treatments", clinic.unit))
        yield from _in_community(board, clinic, stream(seed, board.code, "moved treatments", clinic.unit))


def _patient(board: Board, clinic: Clinic, rng: Random) -> str:
    return f"SYNTHETIC-{board.prefix}-{clinic.unit}-{rng.randrange(_PATIENTS):05}"


def _attendances(board: Board, clinic: Clinic, rng: Random) -> Iterator[Delivery]:
    missed = MISSED.get(clinic.unit, MISSED_ELSEWHERE)
    for day in (day for day in DAYS if day.weekday() < _SATURDAY):
        month = period_of_day(day)
        for number in range(count(rng, clinic.attendances / _WORKING_DAYS)):
            record = Record(
                "I",
                f"{clinic.unit}-A{day:%y%m%d}{number:02}",
                clinic.unit,
                "attendance",
                moment_of(rng, day, *_OPEN_HOURS),
                patient=_patient(board, clinic, rng),
                outcome=_attendance_outcome(rng, level(missed, month)),
            )
            yield month, record


def _attendance_outcome(rng: Random, missed: float) -> str:
    if happens(rng, CANCELLED):
        return "cancelled"
    return "dna" if happens(rng, missed) else "attended"


def _referrals(board: Board, clinic: Clinic, rng: Random) -> Iterator[Delivery]:
    number = 0
    for phase in RETURNED[clinic.unit]:
        referrals = _received(phase, clinic.referrals, rng)
        answers = iter(quota(rng, sum(referral.decided is not None for referral in referrals), phase.returned))
        for referral in referrals:
            outcome = "pending"
            if referral.decided:
                outcome = "returned" if next(answers) else "accepted"
            record = Record("I", f"{clinic.unit}-R{number:05}", clinic.unit, "referral", referral.received)
            pending = record._replace(outcome="pending", patient=_patient(board, clinic, rng))
            decided = period_of_day(referral.decided or referral.received)
            yield from delivered(
                period_of_day(referral.received),
                pending,
                decided,
                pending._replace(end=referral.decided, outcome=outcome),
            )
            number += 1


def _received(phase: ReturnedPhase, a_month: float, rng: Random) -> list[Referral]:
    days = [day for day in DAYS if phase.first <= period_of_day(day) <= phase.last and day.weekday() < _SATURDAY]
    daily = a_month * 12 / 52 / _WORKING_DAYS
    return [Referral(day, _decision(rng, day)) for day in days for _ in range(count(rng, daily))]


def _decision(rng: Random, received: date) -> date | None:
    decided = received + timedelta(days=1 + rng.randrange(_SLOWEST_DECISION))
    return None if decided > LAST_DAY or happens(rng, _NEVER_DECIDED) else decided


def _in_hospital(board: Board, clinic: Clinic, rng: Random) -> Iterator[Delivery]:
    for month in MONTHS:
        treatments = round(clinic.treatments * level(TREATED_IN_HOSPITAL, month) * wobble(rng, 0.08))
        days = [rng.randrange(last_day(month).day) for _ in range(treatments)]
        for number, after in enumerate(sorted(days)):
            day = first_day(month) + timedelta(days=after)
            name = f"H{month[2:4]}{month[5:]}{number:03}"
            yield month, _treatment(board, clinic, rng, name=name, day=day, outcome="hospital")


def _in_community(board: Board, clinic: Clinic, rng: Random) -> Iterator[Delivery]:
    """Treatments that moved: exactly so many within the window, and the last month at the same pace."""
    first, length = first_day(AFTER[0]), (last_day(AFTER[1]) - first_day(AFTER[0])).days + 1
    days = sorted(rng.randrange(length) for _ in range(MOVED_TREATMENTS))
    later = sorted(rng.randrange(length, (LAST_DAY - first).days + 1) for _ in range(MOVED_TREATMENTS // 12))
    for number, after in enumerate([*days, *later]):
        day = first + timedelta(days=after)
        treatment = _treatment(board, clinic, rng, name=f"C{number:05}", day=day, outcome="community")
        yield period_of_day(day), treatment


def _treatment(board: Board, clinic: Clinic, rng: Random, *, name: str, day: date, outcome: str) -> Record:
    return Record(
        "I",
        f"{clinic.unit}-T{name}",
        clinic.unit,
        "treatment",
        moment_of(rng, day, *_OPEN_HOURS),
        patient=_patient(board, clinic, rng),
        outcome=outcome,
    )
