"""The ledger of a board: one month's lines, and their rows as sent.

Belongs here: ordinary spending, and the gathering of every line into the ledger feed's columns.
Does not belong here: milk (milk), other unusual journals (special_journals), wrong rows (defects), files (extract).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from random import Random

from vm_pipeline.calendar import first_day, last_day
from vm_pipeline.demo.accounts import ACCOUNT, MIXES, Account, MixLine
from vm_pipeline.demo.chance import split, stream, wobble
from vm_pipeline.demo.extract import Row
from vm_pipeline.demo.journal import Journal, Line
from vm_pipeline.demo.milk import milk_lines
from vm_pipeline.demo.programme import HIGHLAND, TAYSIDE, Board, CostCentre
from vm_pipeline.demo.special_journals import special_lines
from vm_pipeline.demo.spelling import amount, day, hundredths, untidy
from vm_pipeline.demo.story import cost_level
from vm_pipeline.demo.ward_cost import WARD_7A, Phase, phase_of, weekly_average

HEADER = (
    "provider_code",
    "financial_year",
    "period",
    "cost_centre_code",
    "account_code",
    "journal_id",
    "line_no",
    "posting_date",
    "supplier_code",
    "narrative",
    "amount",
    "wte",
)
PAYDAY = 27
_SUNDAY = 6
_PAY_WOBBLE, _SPENDING_WOBBLE = 0.012, 0.07


def ledger_lines(board: Board, month: str, seed: int) -> list[Line]:
    """Every sound line of a board's ledger month, in the order of its extract."""
    rng = stream(seed, board.code, "ledger", month)
    lines = [line for centre in board.cost_centres for line in _of_centre(board, centre, month, seed, rng)]
    lines.extend(special_lines(board, month, rng))
    if board is TAYSIDE:
        lines.extend(milk_lines(month, seed))
    return lines


def ledger_rows(board: Board, month: str, lines: list[Line], seed: int) -> list[Row]:
    """Lines as the board spells them."""
    rng = stream(seed, board.code, "ledger", month, "spelling")
    return [_row(board, line, rng) for line in lines]


def _of_centre(board: Board, centre: CostCentre, month: str, seed: int, rng: Random) -> Iterator[Line]:
    """Ordinary spending; Ward 7A's by a stream of its own, scaled to what its patients cost."""
    if centre is not WARD_7A:
        return _ordinary(board, centre, month, rng)
    phase = phase_of(month)
    return iter(ward_7a_lines(month, seed, ward_7a_scale(phase, seed) if phase else 1))


@cache
def ward_7a_scale(phase: Phase, seed: int) -> float:
    """What Ward 7A's ordinary spending of a phase is multiplied by, for its patients to cost what they should."""
    return phase.pence / weekly_average(phase, lambda month: ward_7a_lines(month, seed), seed)


def ward_7a_lines(month: str, seed: int, scale: float = 1) -> list[Line]:
    """Ward 7A's ordinary spending of a month, times a scale."""
    rng = stream(seed, HIGHLAND.code, "ledger", month, WARD_7A.code)
    return list(_ordinary(HIGHLAND, WARD_7A, month, rng, scale))


def _ordinary(board: Board, centre: CostCentre, month: str, rng: Random, scale: float = 1) -> Iterator[Line]:
    for part in MIXES[centre.kind]:
        account = ACCOUNT[part.account]
        width = _PAY_WOBBLE if account.category == "pay_substantive" else _SPENDING_WOBBLE
        spent = centre.pounds * 100 * part.part * cost_level(centre.code, part.account, month) * wobble(rng, width)
        spent *= scale
        days = _posting_days(account, part, month, rng)
        posts = zip(days, split(rng, round(spent), len(days)), strict=True)
        yield from Journal(board, month, centre.code, part.account).lines(posts)


def _posting_days(account: Account, part: MixLine, month: str, rng: Random) -> list[date]:
    """Pay on payday, shifts on every Sunday, invoices on any day in order."""
    first, length = first_day(month), last_day(month).day
    match account.rhythm:
        case "payday":
            numbers = [PAYDAY - 1] * part.lines
        case "weekly":
            first_sunday = (_SUNDAY - first.weekday()) % 7
            numbers = [number for number in range(first_sunday, length, 7) for _ in range(part.lines)]
        case "invoices":
            numbers = sorted(rng.randrange(length) for _ in range(part.lines))
    return [first + timedelta(days=number) for number in numbers]


def _row(board: Board, line: Line, rng: Random) -> Row:
    cells = (
        board.code,
        line.financial_year,
        str(line.period),
        untidy(line.cost_centre, rng, board.habits),
        line.account,
        line.journal,
        str(line.line_no),
        day(line.posted, board.habits),
        line.supplier,
        line.narrative,
        amount(line.pence, board.habits),
        hundredths(line.wte),
    )
    return Row(cells, line.pence)
