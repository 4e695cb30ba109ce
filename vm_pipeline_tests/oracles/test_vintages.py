"""Publications at two dates, landed as two nights: exactly the cells that their publisher restated have changed."""

from pathlib import Path

import pandas as pd
import pytest

from vm_pipeline.sources.files import FilesKeys
from vm_pipeline.sources.period import PeriodRule
from vm_pipeline.staging.layouts import Layout
from vm_pipeline_tests.programme import Programme

BOARDS = ["S08000015", "S08000019", "S08000022", "S08000028"]
LAYOUT = Layout.of(
    {
        "columns": {
            "provider_code": {"batch": "provider_code"},
            "record_id": {"sql": "{first_day} || ' ' || \"unit\""},
            "transaction_type": {"const": "I"},
            "unit_code": "unit",
            "measure_code": {"const": "attendance"},
            "start_at": {"batch": "first_day"},
            "end_at": {"const": ""},
            "quantity": "number",
            "outcome_code": {"const": "attended"},
        }
    }
)
Cells = dict[tuple[str, str, str], int]  # board, month, unit


@pytest.fixture
def publisher(programme: Programme) -> Programme:
    """A source a board, with a file a month."""
    programme.drop.mkdir(parents=True)
    for board in BOARDS:
        folder = programme.root / "vintage" / board
        folder.mkdir(parents=True)
        rule = PeriodRule(pattern=r"(?P<period>.{7})\.csv")
        keys = FilesKeys(feed="activity", provider=board, files="*.csv", period=rule)
        programme.sources.append(keys.source(folder, board, LAYOUT.to_json()))
    return programme


def publish(programme: Programme, vintage: pd.DataFrame) -> None:
    """Put a vintage (board, month, unit, number) where the sources look."""
    for (board, month), rows in vintage.sort_values("unit").groupby(["board", "month"]):
        rows[["unit", "number"]].to_csv(programme.root / "vintage" / str(board) / f"{month}.csv", index=False)


def changed(then: Cells, now: Cells) -> dict[tuple[str, str, str], tuple[int, int | None]]:
    return {cell: (then[cell], now.get(cell)) for cell in then if then[cell] != now.get(cell)}


def cells(vintage: pd.DataFrame) -> Cells:
    keys = zip(vintage["board"], vintage["month"], vintage["unit"], strict=True)
    return dict(zip(keys, vintage["number"], strict=True))


def in_warehouse(programme: Programme, as_of: str = "") -> Cells:
    asked = "SELECT provider_code, period, unit_code, quantity::INTEGER FROM vm.fact_activity"
    return {row[:3]: row[3] for row in programme.core(as_of).execute(asked).fetchall()}


def attendances(scotland: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Attendances by hospital and month as published in 2023, and the same months as published two years later."""
    first = pd.read_csv(scotland / "monthly_ae_activity_202305.csv", dtype=str)
    first = pd.DataFrame(
        {
            "board": first["HBT"],
            "month": first["Month"].str[:4] + "-" + first["Month"].str[4:],
            "unit": first["TreatmentLocation"],
            "number": first["NumberOfAttendancesAll"].astype(int),
        }
    )
    later = pd.read_csv(scotland / "scotland_ae_attendance.csv", dtype=str)
    board = first.drop_duplicates("unit").set_index("unit")["board"]
    later = pd.DataFrame(
        {
            "board": later["hospital_code"].map(board),
            "month": later["date"].str[:7],
            "unit": later["hospital_code"],
            "number": later["attendances"].astype(int),
        }
    )
    return tuple(  # type: ignore[return-value]
        one[one["board"].isin(BOARDS) & one["month"].between("2022-06", "2023-05")] for one in (first, later)
    )


def test_exactly_the_cells_that_were_restated_have_changed(publisher: Programme, scotland: Path) -> None:
    first, later = attendances(scotland)
    expected = changed(cells(first), cells(later))
    assert 20 < len(expected) < len(first) / 2
    moments = []
    for vintage in (first, later):
        publish(publisher, vintage)
        publisher.night()
        moments.append(publisher.landing.last_moment)
    then, now = (in_warehouse(publisher, moment) for moment in moments)
    assert (then, now) == (cells(first), cells(later))
    assert changed(then, now) == expected
    superseded = {
        (one.receipt.slot.provider_code, one.receipt.slot.period)
        for one in publisher.known().versions
        if not one.in_force
    }
    assert superseded >= {cell[:2] for cell in expected}


def test_a_publication_that_only_grew_adds_months_and_touches_none(publisher: Programme, scotland: Path) -> None:
    """Delayed discharges: the vintage of April 2022 beside a later one, in which no number of before is another."""
    received = []
    for name in (
        "vintages/2022-04_delayed-discharge-beddays-health-board.csv",
        "delayed-discharge-beddays-health-board.csv",
    ):
        read = pd.read_csv(scotland / name, dtype=str)
        chosen = read[read["HBT"].isin(BOARDS) & (read["MonthOfDelay"] >= "202201") & (read["AgeGroup"] == "18plus")]
        months = chosen["MonthOfDelay"].str[:4] + "-" + chosen["MonthOfDelay"].str[4:]
        columns = {"board": chosen["HBT"], "month": months, "unit": chosen["ReasonForDelay"]}
        publish(publisher, pd.DataFrame({**columns, "number": chosen["NumberOfDelayedBedDays"]}))
        received.append(publisher.night())
    first, later = received
    assert later.unchanged == len(first.new) == 4 * len(BOARDS)
    assert {one.slot.period for one in later.new} == {f"2022-{month:02}" for month in range(5, 13)} | {
        f"2023-{month:02}" for month in range(1, 6)
    }
