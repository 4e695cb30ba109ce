"""Control charts and Anhøj's rules as the R package qicharts2 recorded them, Montgomery's examples among them.

Not compared: `expected_ex_6.3_*`, `expected_ex_6.4_*`, `expected_NA_test` are X-bar and S charts of several
measurements a subgroup. A series of the programme has one value a period, so there is no such chart here. Best box and
cut box are tables of another signal for 10 to 100 points, which that package offers beside Anhøj's own; the profile
follows Anhøj.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from vm_pipeline.signals import rules
from vm_pipeline.signals.judge import Judged
from vm_pipeline_tests.signals.comparing import agree, judged, line, whole


def is_signal(found: Judged) -> np.ndarray:
    """Anhøj's signal of the series: a run too long, or too few crossings."""
    return (found.longest_run > found.longest_run_max) | (found.crossings < found.crossings_min)


@pytest.mark.parametrize("chart", ["run", "i", "mr", "p", "pp"])
def test_points_as_recorded(oracles: Path, series: pd.DataFrame, chart: str) -> None:
    every = pd.read_csv(oracles / "golden_qicharts2_points.csv").rename(columns={"x": "period"})
    expected = every[every["chart"] == chart].merge(series, on=["measure", "team", "period"])
    found = judged(expected, "anhoej", chart)
    agree(found.value, expected["y"], "y")
    agree(found.centre_line, expected["cl"], "centre")
    agree(found.lower_limit, expected["lcl"], "lower")
    agree(found.upper_limit, expected["ucl"], "upper")
    agree(found.outside_limits, expected["sigma.signal"], "outside")
    for name, recorded in {"longest_run": "longest.run", "longest_run_max": "longest.run.max"}.items():
        agree(getattr(found, name), whole(expected[recorded]), name)
    for name, recorded in {"crossings": "n.crossings", "crossings_min": "n.crossings.min"}.items():
        agree(getattr(found, name), whole(expected[recorded]), name)
    # Neighbouring moving ranges share a point; the package tells no runs of them either.
    runs = is_signal(found) if chart != "mr" else np.zeros(len(expected), dtype=bool)
    agree(runs, expected["runs.signal"], "runs")
    agree(found.signal, expected["runs.signal"] | expected["sigma.signal"], "signal")


def test_summary_as_recorded(oracles: Path, series: pd.DataFrame) -> None:
    every = pd.read_csv(oracles / "golden_qicharts2_summary.csv")
    for chart, expected in every.groupby("chart"):
        points = series[series["measure"].isin(expected["measure"])].sort_values(["measure", "team", "period"])
        found = judged(points, "anhoej", str(chart))
        first = ~points.duplicated(["measure", "team"]).to_numpy()
        told = points[first].assign(
            centre=found.centre_line[first], longest=found.longest_run[first], crossings=found.crossings[first]
        )
        told["outside"] = points.assign(o=found.outside_limits).groupby(["measure", "team"])["o"].sum().to_numpy()
        both = expected.merge(told, on=["measure", "team"])
        agree(both["centre"], both["cl_first"])
        agree(both["longest"], both["longest.run"])
        agree(both["crossings"], both["n.crossings"])
        agree(both["outside"], both["sigma.signals"])


def test_thresholds_as_recorded(oracles: Path) -> None:
    expected = pd.read_csv(oracles / "anhoej_thresholds_1_200.csv")
    useful = expected["n"].to_numpy()
    agree(rules.longest_run_max(useful), expected["longest_run_max"])
    agree(rules.crossings_min(useful - 1), expected["crossings_min"])


def test_signals_of_every_run_and_crossing_as_recorded(oracles: Path) -> None:
    grid = pd.read_csv(oracles / "anhoej_signal_grid.csv")
    useful = grid["n"].to_numpy()
    found = (grid["l"] > rules.longest_run_max(useful)) | (grid["c"] < rules.crossings_min(useful - 1))
    agree(found, grid["signal"])


# Example → chart, input file, columns of num, den and value, points of the first limits, phases, points left out.
MONTGOMERY: dict[str, tuple[str, str, dict[str, str], dict[str, Any]]] = {
    "ex_6.5_3": ("i", "tbl_06.07", {"value": "cost"}, {"fix_after": 20}),
    "ex_6.5_4": ("mr", "tbl_06.07", {"value": "cost"}, {"fix_after": 20}),
    "ex_7.1_5": ("p", "tbl_07.03", {"num": "count", "den": "size"}, {"part": 30, "exclude": [15, 23]}),
    "tbl_7.4_1": ("p", "tbl_07.04", {"num": "count", "den": "size"}, {}),
    "ex_7.3_3": ("c", "tbl_07.08", {"value": "count"}, {"exclude": [6, 20], "fix_after": 26}),
    "ex_7.4_1": ("u", "tbl_07.10", {"num": "count", "den": "size"}, {}),
    "ex_7.5_1": ("u", "tbl_07.11", {"num": "count", "den": "meters"}, {"multiply": 50}),
    "ex_7.6_1": ("t", "tbl_07.14", {"value": "hours"}, {}),
}


@pytest.mark.parametrize("example", MONTGOMERY)
def test_montgomery_as_recorded(oracles: Path, example: str) -> None:
    chart, table, columns, asked = MONTGOMERY[example]
    folder = oracles / "qicharts2_fixtures"
    given, expected = pd.read_csv(folder / f"input_{table}.csv"), pd.read_csv(folder / f"expected_{example}.csv")
    named = {name: given[column].astype(float) for name, column in columns.items()}
    if "value" not in named:
        named["value"] = asked.get("multiply", 1) * named["num"] / named["den"]
    place = np.arange(len(given)) + 1
    found = judged(
        line(named["value"], named.get("num"), named.get("den")),
        "anhoej",
        chart,
        {"fix_after": asked.get("fix_after", 0)},
        excluded=np.isin(place, asked.get("exclude", [])),
        phase=place == asked.get("part", 0) + 1,
    )
    agree(found.centre_line, expected["cl"], "centre")
    # Where the package made the lower limit first, the two columns stand under each other's names.
    limits = expected[["lcl", "ucl"]]
    agree(found.lower_limit, limits.min(axis=1), "lower")
    agree(found.upper_limit, limits.max(axis=1), "upper")
    agree(found.longest_run, whole(expected["longest.run"]), "longest")
    agree(found.crossings, whole(expected["n.crossings"]), "crossings")


INFECTIONS: dict[str, list[str]] = {"hai_1": [], "hai_2": ["infection"], "hai_3": ["hospital", "infection"]}


@pytest.mark.parametrize("example", INFECTIONS)
def test_hospital_infections_as_recorded(oracles: Path, example: str) -> None:
    """Rates of infections by month, over all hospitals or of each."""
    by, folder = INFECTIONS[example], oracles / "qicharts2_fixtures"
    given = (
        pd.read_csv(folder / "input_hospital_infections.csv")
        .groupby([*by, "month"], as_index=False)[["n", "days"]]
        .sum()
    )
    frame = given.assign(measure="", team="", period=given["month"], num=given["n"], den=given["days"], value=np.nan)
    for name in by:
        frame["team"] = frame["team"] + "|" + frame[name]
    found = judged(frame, "anhoej", "u")
    frame = frame.assign(
        CL=found.centre_line, aLCL=found.lower_limit, aUCL=found.upper_limit, longest=found.longest_run,
        crossings=found.crossings, outside=found.outside_limits,
    )  # fmt: skip
    told = frame.groupby("team").agg(
        {"CL": "mean", "aLCL": "mean", "aUCL": "mean", "longest": "max", "crossings": "max", "outside": "sum"}
    )
    expected = pd.read_csv(folder / f"expected_{example}.csv")
    key = ["facet1", "facet2"][: len(by)]
    expected["team"] = (
        expected[key].astype(str).agg(lambda row: "".join(f"|{one}" for one in row), axis=1) if by else ""
    )
    both = expected.merge(told, left_on="team", right_index=True, suffixes=("_recorded", ""))
    for name in ("CL", "aLCL", "aUCL"):
        agree(both[name], both[f"{name}_recorded"], name)
    agree(both["longest"], both["longest.run"])
    agree(both["crossings"], both["n.crossings"])
    agree(both["outside"], both["sigma.signal"])


def test_a_funnel_of_hospitals_as_recorded(oracles: Path) -> None:
    """Rates by hospital from the smallest up: what would be a period is a place in that order. Rates of 10,000 days."""
    folder = oracles / "qicharts2_fixtures"
    given = pd.read_csv(folder / "input_hospital_infections.csv")
    given = given[given["month"] >= "2016-07-01"]
    order = given.groupby("hospital")["days"].mean()
    summed = given.groupby(["infection", "hospital"], as_index=False)[["n", "days"]].sum()
    frame = pd.DataFrame(
        {
            "measure": summed["infection"], "team": "", "period": summed["hospital"].map(order),
            "num": summed["n"], "den": summed["days"], "value": 10_000 * summed["n"] / summed["days"],
        }
    )  # fmt: skip
    found = judged(frame, "anhoej", "u")
    told = frame.assign(CL=found.centre_line, aLCL=found.lower_limit, aUCL=found.upper_limit, o=found.outside_limits)
    told = told.groupby("measure").agg({"CL": "mean", "aLCL": "mean", "aUCL": "mean", "o": "sum"})
    expected = pd.read_csv(folder / "expected_hai_4.csv").set_index("facet1")
    for name in ("CL", "aLCL", "aUCL"):
        agree(told[name], expected[name], name)
    agree(told["o"], expected["sigma.signal"])
