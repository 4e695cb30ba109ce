"""The programme's settings, as data: targets, saving cases, pauses, rebases, prices.

Belongs here: rows that a programme office would keep by hand, and the meaning of their columns.
Does not belong here: reference rows derived from the cast (reference), answers and costs.

Each class is one table; its fields are the table's columns, in order. All cells are text, money in pounds.
"""

from typing import NamedTuple

from vm_pipeline.demo.programme import (
    ALWAYS,
    BEFORE,
    BOARDS,
    FIRST_DAY,
    FORTH_VALLEY,
    GLASGOW,
    HIBERNATION,
    HIGHLAND,
    TAYSIDE,
)

_T, _H, _F, _G = TAYSIDE.code, HIGHLAND.code, FORTH_VALLEY.code, GLASGOW.code


class Target(NamedTuple):
    """targets.csv: what a team wants of one indicator, and where it started.

    | column | meaning |
    |---|---|
    | indicator_code | code of the indicator catalogue, `P09` |
    | baseline_from, baseline_to | months the baseline is taken from, both included |
    | baseline, target | in the indicator's own unit (£, %, days, events for each 1,000 bed days) |
    | valid_from, valid_to | days on which the target holds, both included; empty = open |
    """

    provider_code: str
    team_code: str
    indicator_code: str
    baseline_from: str
    baseline_to: str
    baseline: str
    target: str
    valid_from: str
    valid_to: str = ALWAYS


class SavingCase(NamedTuple):
    """saving_cases.csv: one saving, worked out over two windows; columns as `feeds/saving_cases.py` describes them."""

    provider_code: str
    case_code: str
    case_name: str
    method: str
    team_code: str
    baseline_from: str
    baseline_to: str
    after_from: str
    after_to: str
    cost_centre_code: str = ""
    account_code: str = ""
    scale_by: str = "days"
    volume_measure: str = ""
    item_code: str = ""
    moved_item_code: str = ""
    activity_measure: str = ""
    activity_team_codes: str = ""
    balancing_measure: str = ""
    balancing_base_measure: str = ""
    one_off_gbp: str = "0.00"
    is_cash_releasing: str = "true"


class Pause(NamedTuple):
    """pauses.csv: months, both included, without programme work. An empty team_code is every team of the board."""

    provider_code: str
    team_code: str
    pause_from: str
    pause_to: str
    reason: str


class Rebase(NamedTuple):
    """rebases.csv: a recorded decision. `rebase_from` is the first month of the new line, `decided_by` a role."""

    provider_code: str
    team_code: str
    indicator_code: str
    rebase_from: str
    decided_on: str
    decided_by: str
    cause: str


class Price(NamedTuple):
    """prices.csv: `price` is pounds for one unit of the item, on the days from valid_from to valid_to."""

    provider_code: str
    item_code: str
    price: str
    valid_from: str = FIRST_DAY.isoformat()
    valid_to: str = ALWAYS


TARGETS = (
    Target(_T, "T-KIT", "F08", *BEFORE, "2.47", "2.10", "2021-10-01"),
    Target(_T, "T-RES", "P05", *BEFORE, "6.4", "4.8", "2020-10-01"),
    Target(_T, "T-RES", "P02", *BEFORE, "7.5", "7.0", "2020-10-01"),
    Target(_H, "H-W7A", "F02", "2020-10", "2021-06", "807.70", "650.00", "2021-07-01"),
    Target(_H, "H-W7A", "P01", "2020-10", "2021-06", "57", "72", "2021-07-01"),
    Target(_H, "H-W7A", "P05", "2020-10", "2021-06", "6.2", "4.6", "2021-07-01"),
    Target(_H, "H-ERC", "P09", "2019-11", "2021-03", "31", "15", "2021-04-01"),
    Target(_H, "H-ERC", "P11", "2019-11", "2020-12", "15", "10", "2021-01-01"),
    Target(_H, "H-NCR", "P13", "2020-10", "2021-03", "61", "90", "2021-01-01"),
    Target(_F, "F-AMH", "S03", "2019-11", "2020-10", "68", "90", "2020-10-01"),
    Target(_F, "F-AMH", "P12", "2019-11", "2020-10", "9.5", "6.0", "2020-10-01"),
    Target(_F, "F-AMH", "P13", "2019-11", "2020-10", "58", "90", "2020-10-01"),
    Target(_F, "F-DMU", "P14", *BEFORE, "0", "20", "2021-10-01"),
    Target(_F, "F-FRA", "P05", "2020-10", "2021-05", "9.1", "7.0", "2021-06-01"),
    Target(_G, "G-SPI", "S03", "2019-11", "2020-10", "60", "85", "2020-10-01"),
    Target(_G, "G-SPI", "P02", "2020-10", "2021-09", "146", "140", "2020-10-01"),
    Target(_G, "G-OLD", "P05", "2020-10", "2021-05", "8.8", "7.0", "2021-06-01"),
)

SAVING_CASES = (
    SavingCase(
        *(_T, "MILK", "Milk at Ninewells (synthetic)", "window", "T-KIT"),
        *("2020-10-01", "2021-09-30", "2021-10-01", "2022-09-30"),
        cost_centre_code="T27300",
        account_code="3010",
        volume_measure="item_issued",
        item_code="MILK-LITRE",
        activity_measure="bed_day",
        activity_team_codes="T-RES|T-GEN|T-CAR|T-STR",
        balancing_measure="shortage",
        balancing_base_measure="bed_day",
    ),
    SavingCase(
        *(_F, "DAY-MEDICINE", "Treatments moved to the community (synthetic)", "pathway", "F-DMU"),
        *("2020-10-01", "2021-09-30", "2021-10-01", "2022-09-30"),
        volume_measure="treatment:community",
        item_code="TREATMENT-HOSPITAL",
        moved_item_code="TREATMENT-COMMUNITY",
        one_off_gbp="4680.00",
    ),
    SavingCase(
        *(_H, "WARD-7A", "Cost of a patient on Ward 7A (synthetic)", "window", "H-W7A"),
        *("2020-10-01", "2021-06-30", "2021-07-01", "2022-10-31"),
        activity_measure="inpatient_stay",
        balancing_measure="fall",
        balancing_base_measure="bed_day",
        is_cash_releasing="false",
    ),
)

PAUSES = tuple(Pause(board.code, "", *HIBERNATION, "Programme hibernated") for board in BOARDS)

REBASES = (
    Rebase(_H, "H-W7A", "F02", "2021-07", "2022-02-09", "Improvement lead", "New rota and board round since July 2021"),
    Rebase(_H, "H-ERC", "P09", "2021-10", "2022-05-11", "Team lead", "Referral guidance agreed with practices"),
    Rebase(_F, "F-AMH", "S03", "2021-07", "2022-03-16", "Senior charge nurse", "Weekly joy-in-work huddle"),
    Rebase(_T, "T-KIT", "F08", "2021-10", "2022-05-25", "Catering manager", "Standard milk allocation for each ward"),
)

PRICES = (
    Price(_T, "MILK-LITRE", "0.80", valid_to="2021-09-30"),
    Price(_T, "MILK-LITRE", "0.85", "2021-10-01"),
    Price(_F, "TREATMENT-HOSPITAL", "182.00"),
    Price(_F, "TREATMENT-COMMUNITY", "58.00"),
)
