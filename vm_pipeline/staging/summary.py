"""What staging found in one batch: counts, money, rejections by rule, warnings, or why it was refused.

Belongs here: the record and its form on disk.
Does not belong here: how it is found (batches), what is done about it (quality, warehouse).
"""

import json
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any

from vm_pipeline.feeds.identifiers import masked


@dataclass(frozen=True)
class RuleCount:
    """Rows and pounds (of rows whose amount could be read) rejected under one rule."""

    rule_code: str
    rows: int
    amount: Decimal


@dataclass(frozen=True)
class PeriodCount:
    """A ledger batch's (financial year, period) as sent: rows and pounds received, pounds accepted, control total."""

    financial_year: str
    period: str
    rows: int
    received: Decimal
    accepted: Decimal
    control: Decimal | None


@dataclass(frozen=True)
class Warned:
    """A finding that rejects nothing: its code, the rows it concerns, and what to know, in figures.

    What looks like an identifier is masked: the name of a sheet may be somebody's.
    """

    code: str
    rows: int
    message: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", masked(self.message))


@dataclass(frozen=True)
class Difference:
    """What an extract holds against what its control file says: of one (financial year, period) of a ledger as sent.

    Of other feeds it is of the whole extract, without years, periods and amounts.
    """

    financial_year: str
    period: str
    rows: int
    control_rows: int
    amount: Decimal | None
    control_amount: Decimal | None

    def __str__(self) -> str:
        if self.amount is None or self.control_amount is None:
            gap = self.rows - self.control_rows
            return f"found {self.rows} rows; the control file says {self.control_rows} (difference {gap})"
        return (
            f"financial year {self.financial_year or '(empty)'}, period {self.period or '(empty)'}: found {self.rows} "
            f"rows and £{self.amount:,.2f}; the control file says {self.control_rows} rows and "
            f"£{self.control_amount:,.2f} (difference {self.rows - self.control_rows} rows, "
            f"£{self.amount - self.control_amount:,.2f})"
        )


@dataclass(frozen=True)
class Look:
    """What the accepted rows of a month look like: the measures of their contract, by name."""

    period: str
    measured: dict[str, float]


_CHECKED = ("no_control", "outside_period", "dated_far")
# A sheet may be named after somebody. The sender, who named it, is told the name; pages and logs are not.
_UNNAMED = {
    "other_sheets": "one sheet was read, and there are others; feedback names them",
    "hidden_sheets": "there are hidden sheets; feedback names them",
}


@dataclass(frozen=True)
class Summary:
    """The outcome of staging one content. Money in pounds; None where a feed has none or nothing could be read."""

    content_id: str
    contract_version: str
    rows_received: int = 0
    rows_accepted: int = 0
    rows_rejected: int = 0
    received: Decimal | None = None
    accepted: Decimal | None = None
    refused_code: str = ""
    refused_because: str = ""
    rejections: tuple[RuleCount, ...] = ()
    periods: tuple[PeriodCount, ...] = ()
    warnings: tuple[Warned, ...] = ()
    columns: tuple[str, ...] = field(default=())
    differences: tuple[Difference, ...] = ()
    year_to_date: bool = False
    looks: tuple[Look, ...] = ()
    purged: bool = False

    @property
    def refused(self) -> bool:
        """Whether the batch as a whole was refused."""
        return bool(self.refused_code)

    @property
    def notes(self) -> tuple[Warned, ...]:
        """What was left out or read in a way of its own, that no check of the whole table tells; no names of sheets."""
        found = (one for one in self.warnings if one.code not in _CHECKED)
        return tuple(replace(one, message=_UNNAMED.get(one.code, one.message)) for one in found)

    def tombstone(self) -> "Summary":
        """Counts and sums alone: headers and messages may quote what had to be erased."""
        why = "It was refused; why was erased with it." if self.refused else ""
        return replace(self, columns=(), warnings=(), looks=(), refused_because=why, purged=True)

    def to_json(self) -> str:
        """The record as text; money keeps its pence."""
        return json.dumps(asdict(self), default=str, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Summary":
        """The record of `to_json`."""
        raw = json.loads(text)
        return cls(
            **{
                **raw,
                "received": _money(raw["received"]),
                "accepted": _money(raw["accepted"]),
                "rejections": tuple(
                    RuleCount(r["rule_code"], r["rows"], Decimal(r["amount"])) for r in raw["rejections"]
                ),
                "periods": tuple(_period(p) for p in raw["periods"]),
                "warnings": tuple(Warned(**w) for w in raw["warnings"]),
                "columns": tuple(raw["columns"]),
                "looks": tuple(Look(**look) for look in raw.get("looks", ())),
                "differences": tuple(_difference(d) for d in raw.get("differences", ())),
            }
        )


def _money(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _period(raw: dict[str, str]) -> PeriodCount:
    money = {name: _money(raw[name]) for name in ("received", "accepted", "control")}
    return PeriodCount(raw["financial_year"], raw["period"], int(raw["rows"]), **money)  # type: ignore[arg-type]


def _difference(raw: dict[str, Any]) -> Difference:
    return Difference(**{**raw, "amount": _money(raw["amount"]), "control_amount": _money(raw["control_amount"])})
