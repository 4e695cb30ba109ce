"""The stopwatch sees whole processes with their children, and the page says medians, ratios and who was missing."""

import sys
from pathlib import Path

import pytest

from bench import growth, reading, report
from bench.contenders import LIMIT, PRODUCT
from bench.measuring import Failed, Measured, measure
from bench.scenarios import Table
from bench.setting import Missing, Setting

HOLDS = "import time; held = b'x' * (800 << 20); time.sleep(0.5)"  # more than a process of pytest has, its forks too
WORKS = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(20_000_000))'])"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_memory_of_children_counts(tmp_path: Path) -> None:
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLDS!r}])"
    assert measure(python("pass"), tmp_path).peak < 800 < measure(python(code), tmp_path).peak < 1600


def test_processor_time_of_children_counts_and_sleep_does_not(tmp_path: Path) -> None:
    idle, busy = measure(python("import time; time.sleep(1)"), tmp_path), measure(python(WORKS), tmp_path)
    assert idle.wall > 1 > idle.cpu
    assert busy.cpu > 2 * measure(python("pass"), tmp_path).cpu


def test_a_command_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="exit status 3\nwhy"):
        measure(python("import sys; print('why'); sys.exit(3)"), tmp_path)


def runs(*walls: float) -> list[Measured]:
    return [Measured(wall, 2 * wall, 100, 10) for wall in walls]


def test_the_page_has_medians_ratios_and_reasons(tmp_path: Path) -> None:
    table = Table("cold", "A first night", {PRODUCT: runs(3, 9, 4), LIMIT: runs(2, 1, 2.5)})

    def absent() -> Measured:
        raise Missing("found no file")

    table.add("another", absent)
    report.keep(table, 3, tmp_path / "results")
    report.keep_lines("Reading", ["", "rows"], [["csv", "7"]], 3, tmp_path / "results")
    report.write(tmp_path / "results", tmp_path / "page.md")
    page = (tmp_path / "page.md").read_text("utf-8")
    assert "| `vm_pipeline` | 4.0 (3.0–9.0) | 2.00 | 8.0 | 2.00 | 100 | 10 |" in page
    assert "| `limit_duckdb` | 2.0 (1.0–2.5) | 1.00 |" in page
    assert "- `another` did not take part: found no file." in page
    assert "## Reading\n" in page and "| csv | 7 |" in page


def test_sizes_measured_on_other_days_stand_in_one_table(tmp_path: Path) -> None:
    setting, (night,) = Setting(tmp_path, tmp_path), runs(50)
    for rows, providers in ((10_000_000, 4), (1_000_000, 14), (1_000_000, 4), (1_000_000, 14)):
        growth.keep(setting, growth.Grown(rows, providers, 8, 2.5, night, night, night))
    sizes = [line[:2] for line in growth.table(setting)]
    assert sizes == [["1,000,000", "4"], ["1,000,000", "14"], ["10,000,000", "4"]]
    told = dict(zip(growth.HEADER, growth.table(setting)[0], strict=False))
    assert told["CPU µs a row"] == "100.0"


@pytest.mark.parametrize("name", reading.KINDS)
def test_every_kind_of_odd_file_is_read_whole(name: str, tmp_path: Path) -> None:
    kind = reading.KINDS[name]
    kind.write(tmp_path / "file", 250)
    assert reading.measured(tmp_path / "file", kind)[2] == 250


def test_a_file_is_read_in_a_process_of_its_own() -> None:
    name, speed, peak = reading.line("plain", 250, 1, [reading.HERE])
    assert (name, int(speed.replace(",", "")) > 0, 20 < int(peak) < 2000) == ("plain", True, True)
