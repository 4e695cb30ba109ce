"""The coaches of the made-up programme: their posts, and how they rate themselves before and after their training.

Belongs here: who went on to a higher band, who answered when, what they gained.
Does not belong here: huddles (reference, team_time), staff surveys (survey).

Ten of 24 coaches went on to a higher band. 21 answered before and after; two left before
the second wave, one came later.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from vm_pipeline.demo.chance import stream
from vm_pipeline.demo.programme import ALWAYS, BOARDS, FIRST_DAY, FORTH_VALLEY, GLASGOW, HIGHLAND, TAYSIDE, Board

COACH_SURVEY = ("provider_code", "coach_ref", "wave", "answered_on", "item_code", "rating")
COACHES_A_BOARD = 6
_MOVED_ON = {  # coaches promoted, and when
    TAYSIDE: (3, "2021-08-16"),
    HIGHLAND: (2, "2022-04-04"),
    FORTH_VALLEY: (3, "2022-01-10"),
    GLASGOW: (2, "2022-06-13"),
}
_BAND = 6
_WAVES = {"before": "2020-02-03", "after": "2022-09-12"}
_ONLY_BEFORE, _ONLY_AFTER = ("COACH-T06", "COACH-G05"), ("COACH-H06",)
_TOP = 10


class Item(NamedTuple):
    """What is rated: where coaches begin, lowest rating first, and what each gains, in turn."""

    code: str
    begins: tuple[int, ...]
    gains: tuple[int, ...]


ITEMS = (
    Item("KNOWLEDGE", (2, 3, 4, 5), (4, 3, 2, 3, 5, 3)),
    Item("SKILL", (3, 4, 5), (3, 2, 1, 3, 2, 0)),
    Item("CONFIDENCE", (3, 4, 5, 6), (3, 2, 3, 1, 0, 4, 2)),
)


def coaches(board: Board) -> list[str]:
    """A board's coaches: numbers that stand for nobody."""
    return [f"COACH-{board.prefix}{number:02}" for number in range(1, COACHES_A_BOARD + 1)]


def coach_posts(board: Board) -> Iterator[tuple[str, ...]]:
    """Rows of `role_log.csv`: coaches' posts; some went on to a higher band, ten in all."""
    moved, moved_on = _MOVED_ON[board]
    team = next(team.code for team in board.teams if team.code.endswith("-COA"))
    end = (date.fromisoformat(moved_on) - timedelta(days=1)).isoformat()
    head = (board.code, team, "post")
    for number, coach in enumerate(coaches(board), 1):
        promoted = number <= moved
        first = (FIRST_DAY.isoformat(), end if promoted else ALWAYS)
        yield (*head, *first, "improvement", "Improvement coach", str(_BAND), coach)
        if promoted:
            rise = str(_BAND + 1 + number % 2)
            yield (*head, moved_on, ALWAYS, "improvement", "Senior improvement role", rise, coach)


def coach_ratings(seed: int) -> list[tuple[str, ...]]:
    """Rows of `coach_survey.csv`. A seed changes who begins where; what is gained stays the same."""
    return [row for board in BOARDS for row in _ratings(board, stream(seed, board.code, "coaches"))]


def _ratings(board: Board, rng: Random) -> Iterator[tuple[str, ...]]:
    for place, coach in enumerate(coaches(board)):
        for item in ITEMS:
            before = rng.choice(item.begins)
            after = min(_TOP, before + item.gains[(BOARDS.index(board) + place) % len(item.gains)])
            for wave, rating in (("before", before), ("after", after)):
                if coach not in (_ONLY_BEFORE if wave == "after" else _ONLY_AFTER):
                    yield board.code, coach, wave, _WAVES[wave], item.code, str(rating)
