"""The chart of accounts of the made-up programme, and the mix of accounts on each kind of cost centre.

Belongs here: accounts, their cost category, what their lines look like, and what a cost centre spends on which.
Does not belong here: cost centres (programme), movements over time (story).
"""

from typing import Literal, NamedTuple


class Account(NamedTuple):
    """An account. `wte_pounds` is what one whole-time equivalent costs in a month, 0 where lines carry none."""

    code: str
    name: str
    category: str
    is_direct: bool
    rhythm: Literal["payday", "weekly", "invoices"]
    narratives: tuple[str, ...]
    wte_pounds: int = 0
    timing: str = ""


class MixLine(NamedTuple):
    """One account of a mix: its part of the cost centre's direct cost, and how many lines (a Sunday, if weekly)."""

    account: str
    part: float
    lines: int


MILK, RECHARGE, CAPITAL, SUPPLIES, AGENCY = "3010", "8010", "7010", "4010", "1210"
UNMAPPED = Account("9990", "Suspense", "other", False, "invoices", ("To be coded",))

_PAY = ("Monthly pay", "Monthly pay, enhancements")
_SHIFTS = ("Shifts worked in the week",)

ACCOUNTS = (
    Account("1010", "Registered nurses", "pay_substantive", True, "payday", _PAY, 3_950),
    Account("1020", "Healthcare support workers", "pay_substantive", True, "payday", _PAY, 2_650),
    Account("1030", "Allied health professionals", "pay_substantive", True, "payday", _PAY, 3_700),
    Account("1040", "Administration", "pay_substantive", True, "payday", _PAY, 2_550),
    Account("1060", "Catering staff", "pay_substantive", True, "payday", _PAY, 2_350),
    Account("1110", "Bank nurses", "pay_bank", True, "weekly", _SHIFTS, 4_100, "dated"),
    Account("1120", "Bank support staff", "pay_bank", True, "weekly", _SHIFTS, 2_700, "dated"),
    Account("1210", "Agency nurses", "pay_agency", True, "weekly", ("Agency timesheet",), 6_900, "dated"),
    Account("1310", "Overtime", "pay_overtime", True, "payday", ("Overtime",), 4_700),
    Account("2010", "Hospital drugs", "drugs", True, "invoices", ("Pharmacy issue", "Stock top-up", "Special order")),
    Account("2020", "Community-administered drugs", "drugs", True, "invoices", ("Community pharmacy issue",)),
    Account("3010", "Milk", "food", True, "invoices", ("Milk delivery",)),
    Account("3020", "Provisions", "food", True, "invoices", ("Dry goods", "Fruit and vegetables", "Frozen goods")),
    Account("3030", "Bread", "food", True, "invoices", ("Bread delivery",)),
    Account("4010", "Medical supplies", "supplies", True, "invoices", ("Ward stock", "Consumables", "Café beakers, 2")),
    Account("4020", "Dressings", "supplies", True, "invoices", ("Dressings order",)),
    Account("4030", "Kitchen equipment", "supplies", True, "invoices", ("Crockery", "Pans and trays")),
    Account("0590", "Laundry", "other", False, "invoices", ("Linen service",)),  # the leading zero counts
    Account("5010", "Travel", "other", True, "invoices", ("Mileage",)),
    Account("5020", "Stationery", "other", True, "invoices", ("Paper", "Printing")),
    Account("5030", "Training", "other", True, "invoices", ("Course fee",)),
    Account("6010", "Income", "income", False, "invoices", ("Receipts",)),
    Account("7010", "Capital equipment", "capital", False, "invoices", ("Equipment purchase",)),
    Account("8010", "Catering recharge", "recharge", False, "payday", ("Catering recharge",)),
)
ACCOUNT = {account.code: account for account in (*ACCOUNTS, UNMAPPED)}

_WARD = (
    MixLine("1010", 0.42, 8),
    MixLine("1020", 0.15, 6),
    MixLine("1040", 0.03, 2),
    MixLine("1110", 0.07, 3),
    MixLine("1120", 0.03, 2),
    MixLine("1210", 0.06, 2),
    MixLine("1310", 0.02, 2),
    MixLine("2010", 0.11, 23),
    MixLine("4010", 0.07, 23),
    MixLine("4020", 0.03, 8),
    MixLine("5020", 0.01, 3),
    MixLine("0590", 0.01, 6),
    MixLine("6010", -0.004, 1),
)
_THERAPY = (
    MixLine("1010", 0.36, 9),
    MixLine("1020", 0.16, 6),
    MixLine("1030", 0.16, 7),
    MixLine("1040", 0.03, 2),
    MixLine("1110", 0.05, 3),
    MixLine("1120", 0.03, 2),
    MixLine("1310", 0.02, 2),
    MixLine("2010", 0.07, 18),
    MixLine("4010", 0.09, 24),
    MixLine("5030", 0.03, 3),
    MixLine("0590", 0.01, 6),
)
_MENTAL_HEALTH_WARD = (
    MixLine("1010", 0.48, 9),
    MixLine("1020", 0.22, 7),
    MixLine("1030", 0.05, 3),
    MixLine("1040", 0.03, 2),
    MixLine("1110", 0.07, 3),
    MixLine("1120", 0.06, 3),
    MixLine("1310", 0.03, 2),
    MixLine("2010", 0.03, 14),
    MixLine("4010", 0.02, 16),
    MixLine("5030", 0.01, 3),
    MixLine("0590", 0.01, 6),
)
_COMMUNITY = (
    MixLine("1010", 0.50, 8),
    MixLine("1030", 0.22, 6),
    MixLine("1040", 0.11, 4),
    MixLine("1110", 0.02, 1),
    MixLine("2020", 0.06, 12),
    MixLine("4010", 0.02, 8),
    MixLine("5010", 0.06, 24),
    MixLine("5020", 0.01, 4),
)
_DAY_UNIT = (
    MixLine("1010", 0.30, 8),
    MixLine("1020", 0.08, 5),
    MixLine("1040", 0.05, 3),
    MixLine("1110", 0.02, 1),
    MixLine("2010", 0.44, 48),
    MixLine("4010", 0.08, 20),
    MixLine("4020", 0.03, 8),
    MixLine("0590", 0.01, 4),
)
_KITCHEN = (
    MixLine("1060", 0.56, 14),
    MixLine("1120", 0.03, 2),
    MixLine("1310", 0.03, 4),
    MixLine("3020", 0.26, 44),
    MixLine("3030", 0.07, 22),
    MixLine("4030", 0.05, 10),
    MixLine("6010", -0.08, 6),
)
_OFFICE = (MixLine("1040", 0.85, 4), MixLine("5010", 0.05, 3), MixLine("5020", 0.04, 2), MixLine("5030", 0.06, 3))
_POOL = (MixLine("1040", 0.95, 7), MixLine("5020", 0.03, 2), MixLine(UNMAPPED.code, 0.02, 1))

MIXES: dict[str, tuple[MixLine, ...]] = {
    "ward": _WARD,
    "rehabilitation_ward": _THERAPY,
    "mental_health_ward": _MENTAL_HEALTH_WARD,
    "community": _COMMUNITY,
    "day_unit": _DAY_UNIT,
    "kitchen": _KITCHEN,
    "office": _OFFICE,
    "pool": _POOL,
}
