"""The month as it is declared: what is sent or goes wrong before or in which night, and what must come of it.

Belongs here: the nights, as data. Does not belong here: making them happen (installation), comparing (month).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from vm_pipeline.calendar import LONDON, financial_year, first_day, ledger_period
from vm_pipeline_tests.programme import Programme, written

FIRST, LAST = date(2026, 3, 2), date(2026, 4, 1)
AT = time(2, 0)  # in London, as `nightly` says
BOARDS = ("B1", "B2")
REFUSED, LATE, GATE, RESTATED, FAILED = "refused_batch", "late_extract", "closed_gate", "restatement", "failed_run"
NOT_RECEIVED = "not_received"

# Which run of a night comes to what, in order: a job and how it ends.
QUIET = ("land",)
PUBLISHED = ("land", "stage", "build")
CLOSED = ("land", "stage failed")
BUILD_DIED = ("land", "stage", "build failed", "build")
STAGE_DIED = ("land", "stage failed", "stage", "build")

Told = tuple[str, str, bool]  # kind, what it is about, whether it is over


@dataclass(frozen=True)
class Night:
    """One night. `send` is what arrives the day before; `kills` a job whose run is killed in its midst.

    `power`: the daemon and its code server die with it. `database`: when PostgreSQL is restarted, `before` or `during`.
    `deaf`: neither server takes what is told. `may_fail`: a job that may fail of it, as a step asks the database at the
    wrong moment, or not: then it is told, and the night after makes up for it.
    """

    title: str = "quiet"
    send: Callable[[Programme], object] = lambda programme: None
    kills: str = ""
    power: bool = False
    database: str = ""
    deaf: bool = False
    may_fail: str = ""
    runs: tuple[str, ...] = QUIET
    told: tuple[Told, ...] = field(default=())


def lines(period: str, *amounts: str) -> list[dict[str, str]]:
    """Ledger lines of a month, one an amount."""
    day = first_day(period)
    of_month = {"financial_year": financial_year(day), "period": str(ledger_period(day))}
    return [{**of_month, "posting_date": f"{period}-12", "amount": amount} for amount in amounts]


def ledger(period: str, board: str, *amounts: str) -> Callable[[Programme], object]:
    """A board sends the ledger of a month."""
    return lambda programme: programme.ledger(*lines(period, *amounts), period=period, provider=board)


def controlled(period: str, board: str, rows: int, total: str) -> Callable[[Programme], object]:
    """The control file beside it."""
    day = first_day(period)
    row = {
        "provider_code": board,
        "financial_year": financial_year(day),
        "period": str(ledger_period(day)),
        "row_count": str(rows),
        "total_amount": total,
    }
    return lambda programme: programme.send(f"ledger/{board}/{period}.control.csv", written([row]))


def together(*sent: Callable[[Programme], object]) -> Callable[[Programme], object]:
    """Several of them."""

    def send(programme: Programme) -> None:
        for one in sent:
            one(programme)

    return send


def beginning(programme: Programme) -> None:
    """What is there when the installation begins: reference tables, January of two boards."""
    programme.reference("providers", *(f"{board},Board {board}" for board in BOARDS))
    programme.reference("teams", *(f"{board},T1,Team one,Medicine,ward,," for board in BOARDS))
    programme.reference("cost_centre_map", *(f"{board},R1,T1,1,," for board in BOARDS))
    programme.reference("unit_map", *(f"{board},W1,T1,," for board in BOARDS))
    programme.reference("account_map", "3001A,Bread,food,true,")
    programme.reference("survey_team_map", *(f"{board},PULSE,Team One,T1" for board in BOARDS))
    programme.reference("survey_questions", "PULSE,Q1,I feel safe,agree5,Strongly agree|Agree")
    for board in BOARDS:
        programme.ledger(*lines("2026-01", "100.00", "50.00"), period="2026-01", provider=board)
        programme.activity({"start_at": "2026-01-12T10:00"}, period="2026-01", provider=board)


_FEBRUARY, _B2 = "ledger/B1/2026-02", "ledger/B2"
_MISNAMED = "ledger/B1/March.csv"
_CLOSED = (GATE, "quality/ledger share_rejected", False)
NIGHTS = {
    date(2026, 3, 2): Night("a first night", beginning, runs=PUBLISHED),
    date(2026, 3, 4): Night(
        "a bad file",
        together(ledger("2026-02", "B1", "100.00", "60.00"), controlled("2026-02", "B1", 3, "160.00")),
        runs=PUBLISHED,
        told=((REFUSED, _FEBRUARY, False),),
    ),
    date(2026, 3, 6): Night(
        "it is sent again, mended",
        controlled("2026-02", "B1", 2, "160.00"),
        runs=PUBLISHED,
        told=((REFUSED, _FEBRUARY, True),),
    ),
    date(2026, 3, 9): Night(
        "a run is killed",
        lambda programme: programme.activity({"start_at": "2026-02-12T10:00"}, period="2026-02", provider="B1"),
        kills="build",
        runs=BUILD_DIED,
    ),
    date(2026, 3, 10): Night(
        "a file is misnamed",
        lambda programme: programme.send(_MISNAMED, "x"),
        told=((NOT_RECEIVED, _MISNAMED, False),),
    ),
    date(2026, 3, 11): Night(
        "it is taken away",
        lambda programme: (programme.drop / _MISNAMED).unlink(),
        told=((NOT_RECEIVED, _MISNAMED, True),),
    ),
    date(2026, 3, 12): Night("B2 is late", told=((LATE, _B2, False),)),
    date(2026, 3, 16): Night(
        "B2 sends its month", ledger("2026-02", "B2", "100.00"), runs=PUBLISHED, told=((LATE, _B2, True),)
    ),
    date(2026, 3, 17): Night(
        "half of a month is rejected", ledger("2026-02", "B2", "100.00", "nonsense"), runs=CLOSED, told=(_CLOSED,)
    ),
    date(2026, 3, 18): Night("nobody mends it", runs=CLOSED),
    date(2026, 3, 19): Night(
        "it is mended, with a line more",
        ledger("2026-02", "B2", "100.00", "5.00"),
        runs=PUBLISHED,
        told=((*_CLOSED[:2], True), (RESTATED, "ledger/B2/2026-02", False)),
    ),
    date(2026, 3, 20): Night(
        "the machine goes down",
        lambda programme: programme.activity({"start_at": "2026-02-12T10:00"}, period="2026-02", provider="B2"),
        kills="stage",
        power=True,
        runs=STAGE_DIED,
    ),
    date(2026, 3, 23): Night(
        "a month is restated, and nobody takes mail",
        ledger("2026-01", "B1", "300.00", "50.00"),
        deaf=True,
        runs=PUBLISHED,
    ),
    date(2026, 3, 24): Night("mail is taken again", told=((RESTATED, "ledger/B1/2026-01", False),)),
    date(2026, 3, 25): Night("the database is restarted", database="before"),
    date(2026, 3, 26): Night(
        "it is restarted in the midst of a run",
        lambda programme: programme.survey(
            {"respondent_ref": "a", "wave_date": "2026-02-15"}, period="2026-02", provider="B1"
        ),
        database="during",
        may_fail="stage",
        runs=PUBLISHED,
    ),
    date(2026, 3, 28): Night("the last night of winter time"),
    date(2026, 3, 29): Night("the first of summer time"),
    date(2026, 4, 1): Night("a new month", ledger("2026-03", "B1", "100.00", "70.00"), runs=PUBLISHED),
}


def days(count: int) -> list[date]:
    """The first so many nights of the month, at most all of it."""
    return [FIRST + timedelta(n) for n in range(min(count, (LAST - FIRST).days + 1))]


def night(day: date) -> Night:
    """What is declared of a night; of most nothing is."""
    return NIGHTS.get(day, Night())


def tick(day: date) -> datetime:
    """When the schedule has to tick, in UTC: seconds before it are counted through a change of clocks."""
    return datetime.combine(day, AT, LONDON).astimezone(UTC)
