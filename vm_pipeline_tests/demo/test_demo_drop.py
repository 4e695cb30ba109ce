"""The drop folder as a whole: the same bytes every time, its size, its controls, and what a restatement touches."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

from demo_reading import control_of, extracts, pence, read

from vm_pipeline.demo import restate, write_programme

MEGABYTE = 1_000_000
WRITE_ELSEWHERE = "import sys, pathlib; from vm_pipeline.demo import write_programme as w; w(pathlib.Path(sys.argv[1]))"
NO_CONTROL = ("ledger", "S08000022", "2021-07")
MISCOUNTED = ("survey", "S08000030", "2021-05")
RESTATED = "ledger/S08000022/2022-02"


def prints(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_bytes_in_another_process(programme: Path, tmp_path: Path) -> None:
    """Not even with other hash seeds, time zone and locale."""
    elsewhere = os.environ | {"PYTHONHASHSEED": "12345", "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONUTF8": "0"}
    subprocess.run([sys.executable, "-c", WRITE_ELSEWHERE, str(tmp_path)], check=True, env=elsewhere)
    assert prints(tmp_path) == prints(programme)


def test_another_seed_gives_another_programme(programme: Path, tmp_path: Path) -> None:
    write_programme(tmp_path, seed=7)
    ours, theirs = prints(programme), prints(tmp_path)
    assert ours.keys() == theirs.keys()
    same = {name for name in ours if ours[name] == theirs[name]}
    assert not [name for name in same if not name.startswith(("reference/", "SYNTHETIC", "activity/", "survey/"))]
    assert not [name for name in same if name.startswith(("activity/", "survey/")) and "control" not in name]


def test_size_and_layout(programme: Path) -> None:
    size = sum(path.stat().st_size for path in programme.rglob("*") if path.is_file())
    assert 5 * MEGABYTE < size < 25 * MEGABYTE
    rows = {
        feed: sum(len(rows) for _, _, rows in extracts(programme, feed)) for feed in ("ledger", "activity", "survey")
    }
    assert 100_000 <= rows["ledger"] <= 150_000
    assert 100_000 <= rows["activity"] <= 150_000
    assert rows["survey"] >= 5_000
    for feed, months in (("ledger", 36), ("activity", 36), ("survey", 36 - 7)):
        assert Counter(provider for provider, _, _ in extracts(programme, feed)) == dict.fromkeys(
            ("S08000030", "S08000022", "S08000019", "S08000031"), months
        )


def test_everything_says_it_is_synthetic(programme: Path, reference: dict[str, list[dict[str, str]]]) -> None:
    assert "synthetic" in (programme / "SYNTHETIC.txt").read_text(encoding="utf-8")
    assert all(row["provider_name"].endswith(" (synthetic)") for row in reference["providers"])
    assert all(row["team_name"].endswith(" (synthetic)") for row in reference["teams"])
    assert all("(synthetic)" in row["case_name"] for row in reference["saving_cases"])
    for _, _, rows in extracts(programme, "activity"):
        assert all(row.get("patient_ref", "").startswith(("SYNTHETIC-", "")) for row in rows)
        assert not [row for row in rows if row.get("patient_ref") and not row["patient_ref"].startswith("SYNTHETIC-")]


def test_ledger_controls_say_what_was_sent(programme: Path) -> None:
    """Rows and readable pounds of each (year, period) as sent; one month came without."""
    without = []
    for provider, month, rows in extracts(programme, "ledger"):
        control = control_of(programme, "ledger", provider, month)
        if control is None:
            without.append(("ledger", provider, month))
            continue
        counts: Counter[tuple[str, str]] = Counter()
        totals: Counter[tuple[str, str]] = Counter()
        for row in rows:
            counts[row["financial_year"], row["period"]] += 1
            totals[row["financial_year"], row["period"]] += pence(row["amount"]) or 0
        named = {(line["financial_year"], line["period"]): line for line in control}
        assert len(named) == len(control)
        assert {line["provider_code"] for line in control} == {provider}
        assert {key: int(line["row_count"]) for key, line in named.items()} == counts
        assert {key: int(Decimal(line["total_amount"]) * 100) for key, line in named.items()} == totals
    assert without == [NO_CONTROL]


def test_one_row_count_is_wrong(programme: Path) -> None:
    """Of all activity and survey controls exactly one, by three rows."""
    wrong = {}
    for feed in ("activity", "survey"):
        for provider, month, rows in extracts(programme, feed):
            control = control_of(programme, feed, provider, month)
            assert control or feed == "survey"
            for line in control or []:
                if int(line["row_count"]) != len(rows):
                    wrong[feed, provider, month] = int(line["row_count"]) - len(rows)
    assert wrong == {MISCOUNTED: 3}


def test_restating_touches_one_extract_and_its_control(programme: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(programme, tmp_path / "drop")
    said = restate(folder)
    before, after = prints(programme), prints(folder)
    assert before.keys() == after.keys()
    assert {name for name in before if before[name] != after[name]} == {f"{RESTATED}.csv", f"{RESTATED}.control.csv"}
    assert "\n" not in said
    assert "2022-02" in said
    again = prints(folder)
    assert restate(folder) == said
    assert prints(folder) == again


def test_restated_month_differs_by_a_journal_and_a_credit_note(programme: Path, tmp_path: Path) -> None:
    restate(tmp_path)
    was, now = read(programme / f"{RESTATED}.csv"), read(tmp_path / f"{RESTATED}.csv")
    assert len(now) == len(was) + 1
    changed = [(old, new) for old, new in zip(was, now, strict=False) if old != new]
    assert {(new["journal_id"], new["line_no"]) for _, new in changed} == {("H2202-H21060-1210", "1")}
    assert {pence(new["amount"]) - pence(old["amount"]) for old, new in changed} == {-124_000}
    assert pence(now[-1]["amount"]) == -86_040
    control = read(tmp_path / f"{RESTATED}.control.csv")
    assert sum(int(line["row_count"]) for line in control) == len(now)
    assert sum(int(Decimal(line["total_amount"]) * 100) for line in control) == sum(
        pence(row["amount"]) or 0 for row in now
    )
