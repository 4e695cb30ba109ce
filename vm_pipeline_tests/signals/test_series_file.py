"""The command on a file: one row out for each row in, options by their names, and what is wrong with a file."""

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from vm_pipeline.cli import main
from vm_pipeline_tests.signals.comparing import agree, judged

HEADER = "measure,team,period,num,den,value"


def asked(path: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["signals", str(path), *words])


def written(folder: Path, *lines: str, header: str = HEADER) -> Path:
    path = folder / "series.csv"
    path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
    return path


def test_one_row_out_for_each_row_in(tmp_path: Path) -> None:
    path = written(
        tmp_path, *(f"falls,{team},2024-{month:02},,,{month * month}" for month in (3, 1, 2) for team in "BA")
    )
    out = tmp_path / "out.csv"
    result = asked(path, "--profile", "mdc_xmr", "--to", str(out))
    assert result.exit_code == 0 and "6 points written" in result.output
    sent, found = pd.read_csv(path), pd.read_csv(out)
    for name in ("measure", "team", "period", "value"):
        assert found[name].tolist() == sent[name].tolist()
    expected = judged(sent, "mdc_xmr")
    agree(found["centre_line"], expected.centre_line)
    agree(found["upper_limit"], expected.upper_limit)
    assert list(found)[:9] == [
        *("measure", "team", "period", "value", "centre_line", "lower_limit", "upper_limit", "signal", "rule")
    ]
    flags = {"in_shift", "in_trend", "outside_limits", "two_in_three"}
    assert flags | {"longest_run", "longest_run_max", "crossings", "crossings_min"} <= set(found)


def test_options_by_their_names(oracles: Path, series: pd.DataFrame, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    words = [f"--option={one}" for one in ("screen=false", "fix_after=24", "rebase=2022-04-01", "rebase=2023-04-01")]
    assert asked(oracles / "series_real.csv", "--profile", "mdc_xmr", *words, "--to", str(out)).exit_code == 0
    first = series["period"].isin(["2022-04-01", "2023-04-01"])
    expected = judged(series, "mdc_xmr", options={"screen": False, "fix_after": 24}, phase=first)
    found = pd.read_csv(out)
    agree(found["centre_line"], expected.centre_line)
    agree(found["signal"], expected.signal)


def test_a_rebase_falls_on_the_next_point_there_is(tmp_path: Path) -> None:
    path = written(tmp_path, *(f"m,t,2024-{month:02},,,{month}" for month in (1, 2, 4, 5)))
    result = asked(path, "--profile", "his_run", "--option", "rebase=2024-03-01")
    centres = [line.split(",")[4] for line in result.output.splitlines()[1:]]
    assert centres == ["1.5", "1.5", "4.5", "4.5"]


def test_whole_numbers_are_periods_by_size(tmp_path: Path) -> None:
    path = written(tmp_path, *(f"m,t,{week},,,{week}" for week in (10, 9, 11, 8)))
    result = asked(path, "--profile", "anhoej", "--chart", "mr", "--option", "rebase=10")
    told = [line.split(",")[3:5] for line in result.output.splitlines()[1:]]
    assert told == [["", "1.0"], ["1.0", "1.0"], ["1.0", "1.0"], ["", "1.0"]]


def test_a_series_may_have_no_team(tmp_path: Path) -> None:
    path = written(tmp_path, "m,,1,,,10", "m,t,1,,,1", "m,,2,,,20", "m,t,2,,,2")
    result = asked(path, "--profile", "his_run")
    told = [line.split(",")[1:5:3] for line in result.output.splitlines()[1:]]
    assert told == [["", "15.0"], ["t", "1.5"], ["", "15.0"], ["t", "1.5"]]


def test_a_header_alone_gives_a_header(tmp_path: Path) -> None:
    result = asked(written(tmp_path), "--profile", "his_run")
    assert result.exit_code == 0 and result.output.startswith("measure,team,period,value,centre_line")


def test_rates_in_another_scale_keep_it_where_a_value_is_missing(tmp_path: Path) -> None:
    rows = ("m,t,1,2,1000,2.0", "m,t,2,4,1000,4.0", "m,t,3,3,1000,")
    result = asked(written(tmp_path, *rows), "--profile", "control", "--chart", "u")
    told = [line.split(",")[3:5] for line in result.output.splitlines()[1:]]
    assert told == [["2.0", "3.0"], ["4.0", "3.0"], ["3.0", "3.0"]]


def test_exclude_leaves_a_period_out(tmp_path: Path) -> None:
    path = written(tmp_path, *(f"m,t,{day},,,{value}" for day, value in enumerate([1, 2, 90, 3])))
    result = asked(path, "--profile", "anhoej", "--chart", "i", "--option", "exclude=2")
    assert {line.split(",")[4] for line in result.output.splitlines()[1:]} == {"2.0"}


def test_p_charts_are_made_of_num_and_den(tmp_path: Path) -> None:
    path = written(tmp_path, "m,t,1,3,10,30", "m,t,2,5,10,50", "m,t,3,,,")
    result = asked(path, "--profile", "control", "--chart", "p")
    assert [line.split(",")[3] for line in result.output.splitlines()[1:]] == ["0.3", "0.5", ""]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--profile", "his"], "Closest: his_run"),
        (["--profile", "his_run", "--chart", "i"], "expected one of run"),
        (["--profile", "his_run", "--option", "screen=true"], "found option of his_run 'screen=true'"),
        (["--profile", "mdc_xmr", "--option", "screen=maybe"], "expected true or false"),
        (["--profile", "mdc_xmr", "--option", "fix_after=-1"], "expected a whole number"),
        (["--profile", "runcharter", "--option", "direction=up"], "expected one of above, below, both"),
        (["--profile", "runcharter", "--option", "med_rows=0"], "expected a whole number of 1 or more"),
        (["--profile", "control", "--chart", "p"], "found no num and den"),
        (["--profile", "control", "--chart", "t"], "found a time between events of 0 or less"),
    ],
)
def test_what_cannot_be_asked(tmp_path: Path, words: list[str], said: str) -> None:
    path = written(tmp_path, "m,t,1,,,0")
    result = asked(path, *words)
    assert result.exit_code == 2 and said in result.stderr


def test_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    wrong = written(tmp_path, "m,t,1,,,1", "m,t,2,,,twelve", "m,t,3,,,inf")
    said = asked(wrong, "--profile", "his_run").stderr
    assert "value: found no number in row 2, 3" in said and "twelve" not in said
    unplaced = written(tmp_path, "m,t,1,,,1", "m,t,,,,2")
    assert "period: found none in row 2" in asked(unplaced, "--profile", "his_run").stderr
    assert "found no folder" in asked(wrong, "--profile", "his_run", "--to", str(tmp_path / "no" / "x.csv")).stderr
    other = written(tmp_path, "m,t,1", header="measure,ward,period")
    assert "found columns measure, ward, period" in asked(other, "--profile", "his_run").stderr
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    assert asked(empty, "--profile", "his_run").exit_code == 2
    assert asked(tmp_path / "none.csv", "--profile", "his_run").exit_code == 2
