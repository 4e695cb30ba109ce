"""One publication at two dates, landed as two nights: exactly the cells that its publisher restated have changed."""

from pathlib import Path

import pandas as pd

from vm_pipeline.sources.files import FilesSource, PeriodRule
from vm_pipeline.staging.layouts import Layout
from vm_pipeline_tests.programme import Programme


def test_two_vintages_of_one_publication_differ_in_exactly_the_cells_that_were_restated(
    programme: Programme, scotland: Path
) -> None:
    """Delayed discharge bed days of the Scottish boards, as published in April 2022 and later."""
    vintages = [
        pd.read_csv(scotland / name, dtype=str)
        for name in (
            "vintages/2022-04_delayed-discharge-beddays-health-board.csv",
            "delayed-discharge-beddays-health-board.csv",
        )
    ]
    layout = Layout.of(
        {
            "columns": {
                "provider_code": {"batch": "provider_code"},
                "record_id": {"row_number": True},
                "transaction_type": {"const": "I"},
                "unit_code": {"const": "ALL"},
                "measure_code": {"const": "bed_day"},
                "start_at": {"batch": "first_day"},
                "end_at": {"const": ""},
                "quantity": "NumberOfDelayedBedDays",
            },
            "where": "\"AgeGroup\" = '18plus' AND \"ReasonForDelay\" = 'All Delay Reasons'",
        }
    )
    programme.drop.mkdir(parents=True)
    boards, seen = ("S08000015", "S08000024", "S08000031"), []
    for board in boards:
        source = programme.root / "vintage" / board
        source.mkdir(parents=True)
        rule = PeriodRule(pattern=r"(?P<period>.{7})\.csv")
        programme.sources.append(FilesSource("activity", board, source, "*.csv", rule, layout.to_json()))
    for vintage in vintages:
        mine = vintage[vintage["HBT"].isin(boards) & vintage["MonthOfDelay"].between("202101", "202203")]
        for (board, month), rows in mine.groupby(["HBT", "MonthOfDelay"]):
            path = programme.root / "vintage" / str(board) / f"{str(month)[:4]}-{str(month)[4:]}.csv"
            rows.to_csv(path, index=False)
        programme.night()
        chosen = mine[(mine["AgeGroup"] == "18plus") & (mine["ReasonForDelay"] == "All Delay Reasons")]
        keys = [chosen["HBT"], chosen["MonthOfDelay"].str[:4] + "-" + chosen["MonthOfDelay"].str[4:]]
        seen.append(chosen["NumberOfDelayedBedDays"].astype(int).groupby(keys).sum())
    then, now = seen
    expected = {cell: (then[cell], now[cell]) for cell in then.index if then[cell] != now[cell]}
    assert 0 < len(expected) < len(then)
    con, earlier = programme.warehouse(), programme.warehouse(programme.receipts()[0].received_at)
    cells = "SELECT provider_code, period, sum(quantity)::INTEGER FROM vm.fact_activity GROUP BY ALL"
    before, after = ({row[:2]: row[2] for row in one.execute(cells).fetchall()} for one in (earlier, con))
    assert {cell: (before[cell], after[cell]) for cell in before if before[cell] != after[cell]} == expected
