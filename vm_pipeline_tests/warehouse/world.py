"""A small world: two boards, three months either side of the year end, every feed, every awkward mapping.

Belongs here: making it up (the same every time) and putting it into a programme.
Does not belong here: what must come of it (reckoning).
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from vm_pipeline_tests.programme import BOARD, OTHER, Programme
from vm_pipeline_tests.warehouse.reckoning import MILLION, Maps, Span

BOARDS = (BOARD, OTHER)
MONTHS = ("2022-03", "2022-04", "2022-05")
CATEGORIES = [
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
]
MEASURES = [
    "inpatient_stay",
    "bed_day",
    "referral",
    "attendance",
    "treatment",
    "item_issued",
    "fall",
    "violence",
    "contracted_hours",
    "huddle",
]
OUTCOMES = {
    "referral": ["accepted", "returned", "pending"],
    "attendance": ["attended", "dna", "cancelled"],
    "treatment": ["hospital", "community"],
    "fall": ["harm", "no_harm"],
}
SCALE = ["Strongly agree", "Agree", "Neither agree nor disagree", "Disagree", "Strongly disagree"]
THIRD = 333_333
CENTRES = {
    "R1": [Span("T1")],
    "R2": [Span("T1", MILLION // 2), Span("T2", MILLION // 2)],
    "R3": [Span(team, THIRD, last=date(2022, 4, 15)) for team in ("T1", "T2", "T3")]
    + [Span("T3", first=date(2022, 4, 16))],
    "R4": [Span("T2", 700_000)],
    "R5": [Span("T1", first=date(2022, 4, 10), last=date(2022, 5, 5))],
}
UNITS = {
    "W1": [Span("T1")],
    "W2": [Span("T2", last=date(2022, 4, 10)), Span("T3", first=date(2022, 4, 11))],
    "W3": [Span("T3", first=date(2022, 4, 1), last=date(2022, 4, 30))],
}

_WINDOWS = "2022-03-01,2022-03-31,2022-04-01,2022-04-30"
# A team's lines of one account, all and of one cost centre; what drives it elsewhere, and of two teams at once.
COMMODITIES = [
    f"MILK,Milk,window,T1,{_WINDOWS},,A5,,,,,bed_day,T1|T2,,,,true",
    f"MILK1,Milk,window,T1,{_WINDOWS},R1,A5,,,,,bed_day,T2 | T3,,,,true",
    f"TEA,Tea,window,T2,{_WINDOWS},R2,A7,,,,,attendance:attended,T1,,,,true",
    f"TEA1,Tea,window,T2,{_WINDOWS},,A5,,,,,attendance:dna,T1,,,,true",
]

Rows = list[dict[str, str]]
Extracts = dict[tuple[str, str], Rows]  # (provider, month) of one feed


@dataclass
class World:
    """Sound rows as sent, by feed; the maps they are read with."""

    ledger: Extracts = field(default_factory=dict)
    activity: Extracts = field(default_factory=dict)
    survey: Extracts = field(default_factory=dict)
    maps: Maps = field(default_factory=Maps)

    def rows(self, feed: str) -> Rows:
        """All rows of a feed, in the order of months."""
        extracts: Extracts = getattr(self, feed)
        return [row for _, rows in sorted(extracts.items(), key=lambda item: item[0][1]) for row in rows]


def small_world(seed: int = 7) -> World:
    """The same for the same seed."""
    chance, world = random.Random(seed), World()
    for board in BOARDS:
        world.maps.centres |= {(board, centre): spans for centre, spans in CENTRES.items()}
        world.maps.units |= {(board, unit): spans for unit, spans in UNITS.items()}
        world.maps.survey_teams |= {(board, "team one"): "T1", (board, "team two"): "T2"}
        for month in MONTHS:
            world.ledger[board, month] = [_line(chance, board, month, n) for n in range(60)]
            world.activity[board, month] = [*(_record(chance, board, month) for _ in range(90)), _worked(board, month)]
            world.survey[board, month] = [_questionnaire(chance, board, month) for _ in range(15)]
    world.maps.accounts = {f"A{n}": (category, n % 2 == 0) for n, category in enumerate(CATEGORIES)}
    world.maps.positive = {"Q1": ("strongly agree", "agree"), "Q3": ("yes",)}
    return world


def _day(chance: random.Random, month: str, before: int = 0) -> date:
    return date.fromisoformat(f"{month}-01") + timedelta(days=chance.randrange(-before, 28))


def _line(chance: random.Random, board: str, month: str, number: int) -> dict[str, str]:
    period = {"2022-03": chance.choice(["12", "12", "13", "14", "11"]), "2022-04": chance.choice(["1", "01", "0"])}
    return {
        "provider_code": board,
        "financial_year": "2021/22" if month == "2022-03" else "2022/23",
        "period": period.get(month, "2"),
        "cost_centre_code": f"R{chance.randrange(1, 7)}",
        "account_code": f"A{chance.randrange(12)}",
        "journal_id": f"J{number}",
        "line_no": "1",
        "posting_date": f"{_day(chance, month, before=20)}",
        "amount": f"{chance.choice('   -')}{chance.randrange(10 ** chance.randrange(1, 9))}.{chance.randrange(100):02}",
    }


def _record(chance: random.Random, board: str, month: str) -> dict[str, str]:
    measure, start = chance.choice(MEASURES), _day(chance, month, before=5)
    ends = measure == "inpatient_stay" and chance.random() < 0.9
    return {
        "provider_code": board,
        "record_id": f"A{chance.randrange(200)}",
        "transaction_type": chance.choice("IIIIIRRD"),
        "unit_code": f"W{chance.randrange(1, 5)}",
        "measure_code": measure,
        "start_at": f"{start}T{chance.randrange(24):02}:30",
        "end_at": f"{start + timedelta(days=chance.randrange(1, 50))}T12:00" if ends else "",
        "quantity": chance.choice(["", "1", "2.5", "0.125", "0"]),
        "outcome_code": chance.choice(OUTCOMES.get(measure, [""])),
    }


def _worked(board: str, month: str) -> dict[str, str]:
    """As many hours as a full-time employee has in a month of 31 days: 37.5 a week until March 2024."""
    at = {"record_id": f"W{month}", "transaction_type": "I", "unit_code": "W1", "start_at": f"{month}-12T09:30"}
    return {"provider_code": board, **at, "measure_code": "worked_hours", "quantity": "166.071"}


def _questionnaire(chance: random.Random, board: str, month: str) -> dict[str, str]:
    return {
        "provider_code": board,
        "survey_code": "PULSE",
        "wave_date": f"{month}-15",
        "team_name": chance.choice(["Team One", "TEAM TWO", "Team Three"]),
        "respondent_ref": "",
        "Q1": chance.choice([*SCALE, "", "N/A"]),
        "Q2": chance.choice(["0", "5", "10", "-"]),
        "Q3": chance.choice(["Yes", "NO", "*"]),
    }


UNSOUND = {
    "ledger": {"amount": "?", "narrative": "a row that is rejected"},
    "activity": {"quantity": "-1"},
    "survey": {"wave_date": "?"},
}


def put(world: World, programme: Programme) -> None:
    """Send all of it, and below the sound rows of every extract one that is not."""
    for name, rows in references(world).items():
        programme.reference(name, *rows)
    for (board, month), lines in world.ledger.items():
        programme.ledger(*lines, UNSOUND["ledger"], period=month, provider=board)
    for (board, month), records in world.activity.items():
        programme.activity(*records, UNSOUND["activity"], period=month, provider=board)
    for (board, month), questionnaires in world.survey.items():
        programme.survey(*questionnaires, UNSOUND["survey"], period=month, provider=board)


def references(world: World) -> dict[str, list[str]]:
    """The maps as reference files."""
    maps = world.maps
    return {
        "providers": [f"{board},Board {board}" for board in BOARDS],
        "teams": [f"{board},{team},Team {team},Service,ward,," for board in BOARDS for team in ("T1", "T2", "T3")],
        "cost_centre_map": [
            f"{board},{centre},{span.team},{span.units / MILLION:.6f},{_days(span)}"
            for (board, centre), spans in maps.centres.items()
            for span in spans
        ],
        "unit_map": [
            f"{board},{unit},{span.team},{_days(span)}" for (board, unit), spans in maps.units.items() for span in spans
        ],
        "account_map": [f"{code},Account,{category},{direct}," for code, (category, direct) in maps.accounts.items()],
        "survey_team_map": [f"{board},PULSE,{name},{team}" for (board, name), team in maps.survey_teams.items()],
        "prices": ["B1,MILK,0.55,,"],
        "rebases": ["B1,T1,P09,2022-05,2022-06-01,Team lead,New guidance"],
        "saving_cases": [
            "B1,BREAD,Bread,window,T1,2022-03-01,2022-03-31,2022-04-01,2022-04-30,,,,item_issued,MILK,,bed_day,T1|T2,"
            "fall,bed_day,,true",
            *(f"{board},{case}" for board in BOARDS for case in COMMODITIES),
        ],
        "budget": [f"{board},{line}" for board in BOARDS for line in budget()],
        "role_log": ["B1,T1,huddle,2022-04-06,,clinical,Nurse,,", "B1,T1,post,2022-04-06,,improvement,Coach,6,C1"],
        "coach_survey": ["B1,C1,before,2022-04-06,SKILL,3", "B1,C1,after,2022-05-06,SKILL,5"],
        "survey_questions": [
            "PULSE,Q1,I am heard,agree5,Strongly agree | Agree",
            "PULSE,Q2,How likely,0-10,",
            "PULSE,Q3,Enough to do the job?,yesno,Yes",
        ],
    }


def budget() -> list[str]:
    """Cost centre, account, year, period, pounds and people: of capital too, brought forward, of the year end."""
    periods = [("2021/22", 12), ("2021/22", 13), ("2022/23", 0), ("2022/23", 1), ("2022/23", 2)]
    return [
        f"R{centre},A{account},{year},{period},{centre * 1013.57 - account * 99 + period:.2f},{(centre + period) / 8}"
        for centre in range(1, 7)
        for account in (0, 5, 9)
        for year, period in periods
    ]


def _days(span: Span) -> str:
    first = "" if span.first == date.min else f"{span.first}"
    return f"{first},{'' if span.last == date.max else span.last}"
