"""Ledger lines and the journals they stand in.

Belongs here: the line itself and the making of a journal from its parts.
Does not belong here: which journals a board posts (ledger, milk, special_journals), how a line is spelled (spelling).
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from vm_pipeline.calendar import financial_year, first_day, ledger_period
from vm_pipeline.demo.accounts import ACCOUNT
from vm_pipeline.demo.programme import Board


class Line(NamedTuple):
    """One sound ledger line: `pence` debit positive, `wte` in hundredths of a whole-time equivalent."""

    financial_year: str
    period: int
    cost_centre: str
    account: str
    journal: str
    line_no: int
    posted: date
    supplier: str
    narrative: str
    pence: int
    wte: int | None = None


class Journal(NamedTuple):
    """The head that the lines of a journal share. `period` is 0 to 14; None means the month's own."""

    board: Board
    month: str
    cost_centre: str
    account: str
    kind: str = ""  # tells two journals of one cost centre and account apart
    period: int | None = None

    @property
    def name(self) -> str:
        """The journal's number, unique within the board's batch."""
        number = f"{self.board.prefix}{self.month[2:4]}{self.month[5:]}-{self.cost_centre}-{self.account}"
        return f"{number}-{self.kind}" if self.kind else number

    def lines(self, posts: Iterable[tuple[date, int]], narratives: tuple[str, ...] = ()) -> list[Line]:
        """Lines of the given days and pence, numbered from 1."""
        account = ACCOUNT[self.account]
        month = first_day(self.month)
        year = financial_year(month)
        period = ledger_period(month) if self.period is None else self.period
        texts = narratives or account.narratives
        supplier = "" if account.category.startswith("pay") else f"SUP{self.account}"
        return [
            Line(
                year,
                period,
                self.cost_centre,
                self.account,
                self.name,
                number,
                day,
                supplier,
                texts[number % len(texts)],
                pence,
                round(pence / account.wte_pounds) if account.wte_pounds else None,
            )
            for number, (day, pence) in enumerate(posts, 1)
        ]
