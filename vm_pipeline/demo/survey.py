"""The survey feed of a board: questionnaires wide as exported, or already added up.

Belongs here: who answered what, and the two layouts.
Does not belong here: questions and waves (questions), how opinions move (story), wrong rows (defects), files (extract).
"""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from vm_pipeline.demo.chance import happens, likely, quota, stream, wobble
from vm_pipeline.demo.extract import Row
from vm_pipeline.demo.programme import MONTHS, TAYSIDE, Board, Team
from vm_pipeline.demo.questions import (
    IMATTER,
    NOT_ANSWERED,
    OFF_SCALE,
    PULSE,
    SCALES,
    Question,
    Wave,
    all_waves,
    waves,
)
from vm_pipeline.demo.story import IMATTER as YEARLY_LEVEL
from vm_pipeline.demo.story import PULSE as PULSE_LEVELS
from vm_pipeline.demo.story import PULSE_ELSEWHERE, level

_HEAD = ("provider_code", "survey_code", "wave_date", "team_name")
ADDED_UP_HEADER = (*_HEAD, "question_code", "answered", "positive")
NIGHT_STAFF = Team("", "Night bank staff", "", "", 9, MONTHS[0], "Night bank staff")  # in no survey_team_map
_RESPONSE = {PULSE: (0.62, 0.80), IMATTER: (0.55, 0.72)}
_SKIPPED = 0.03
_OFF_SCALE = 0.06  # of the skipped ones: an answer the scale does not have
_WOBBLE = 0.03
_SHOUTED = 0.1  # rows whose team name comes in capitals


class Asked(NamedTuple):
    """One team asked in one wave, and how many of its staff answered."""

    wave: Wave
    team: Team
    responded: int


def header(board: Board, month: str) -> tuple[str, ...]:
    """The columns of a board's extract of a month."""
    if board.habits.survey_layout == "added_up":
        return ADDED_UP_HEADER
    by_text = board.habits.survey_layout == "question_texts"
    return (*_HEAD, "respondent_ref", *(one.text if by_text else one.code for one in _questions(month)))


def survey_rows(board: Board, month: str, seed: int) -> list[Row]:
    """Rows as sent for a month; none while the programme hibernates."""
    rng = stream(seed, board.code, "survey", month)
    rows = _added_up if board.habits.survey_layout == "added_up" else _wide
    return [row for asked in _asked(board, month, rng) for row in rows(board, asked, rng)]


def issued(board: Board) -> Iterator[tuple[Wave, Team]]:
    """Every wave and the teams asked in it: all staff of a team are."""
    for wave in all_waves():
        for team in _teams(board, wave, f"{wave.day:%Y-%m}"):
            yield wave, team


def _questions(month: str) -> list[Question]:
    """A month's questions; the pulse comes first because every wide extract has it."""
    return [one for wave in reversed(waves(month)) for one in wave.questions]


def _teams(board: Board, wave: Wave, month: str) -> list[Team]:
    """Everybody is asked once a year; the pulse goes to teams that have joined the programme."""
    teams = [team for team in board.teams if wave.survey == IMATTER or (team.joined and team.joined <= month)]
    return [*teams, NIGHT_STAFF] if board is TAYSIDE else teams


def _asked(board: Board, month: str, rng: Random) -> Iterator[Asked]:
    for wave in waves(month):
        low, high = _RESPONSE[wave.survey]
        for team in _teams(board, wave, month):
            yield Asked(wave, team, round(team.staff * (low + (high - low) * rng.random())))


def _wide(board: Board, asked: Asked, rng: Random) -> Iterator[Row]:
    wave, team, responded = asked
    answers = {question.code: _answers(question, asked, rng) for question in wave.questions}
    columns = [answers.get(question.code, [""] * responded) for question in _questions(f"{wave.day:%Y-%m}")]
    for number in range(responded):
        name = team.survey_name.upper() if happens(rng, _SHOUTED) else team.survey_name
        respondent = f"{wave.day:%y%m}{team.code}{number:03}"
        head = (board.code, wave.survey, wave.day.isoformat(), name, respondent)
        yield Row((*head, *(column[number] for column in columns)))


def _added_up(board: Board, asked: Asked, rng: Random) -> Iterator[Row]:
    wave, team, _ = asked
    for question in wave.questions:
        answers = _answers(question, asked, rng)
        scale = SCALES[question.scale]
        positive = sum(answer in scale.positive for answer in answers)
        answered = positive + sum(answer in scale.others for answer in answers)
        head = (board.code, wave.survey, wave.day.isoformat(), team.survey_name)
        yield Row((*head, question.code, str(answered), str(positive)))


def _answers(question: Question, asked: Asked, rng: Random) -> list[str]:
    """One answer a respondent; of those given, the share that is positive follows the story closely."""
    scale = SCALES[question.scale]
    given = [not happens(rng, _SKIPPED) for _ in range(asked.responded)]
    share = min(1.0, _level(question, asked) * wobble(rng, _WOBBLE))
    positive = iter(quota(rng, sum(given), share))
    return [
        likely(rng, scale.positive if next(positive) else scale.others) if answered else _skipped(question, rng)
        for answered in given
    ]


def _skipped(question: Question, rng: Random) -> str:
    return OFF_SCALE[question.scale] if happens(rng, _OFF_SCALE) else rng.choice(NOT_ANSWERED)


def _level(question: Question, asked: Asked) -> float:
    month = f"{asked.wave.day:%Y-%m}"
    if question.survey == IMATTER:
        return level(YEARLY_LEVEL, month)
    return level(PULSE_LEVELS.get((asked.team.code, question.code), PULSE_ELSEWHERE[question.code]), month)
