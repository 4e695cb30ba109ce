"""What is measured: a first night, one changed month, a night with nothing new, signals of many points.

Belongs here: one function a scenario: what is made ready, which commands are run in turn, what they must agree on.
Does not belong here: the stopwatch (measuring), the page (report).

Contenders run in turn, round after round, so that a busy hour is everybody's; results are compared in every round.
"""

import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import duckdb

from bench.contenders import LIMIT, PRODUCT, Contender
from bench.measuring import Measured, measure
from bench.setting import Missing, Setting, out_of

MONTH = "2022-07"  # the one that changes, of the 36 from April 2021
_PERIODS = 24  # of a series whose points are judged
_ALONE = 200  # series that are judged by themselves, too, and must come out the same


@dataclass
class Table:
    """What a scenario found: runs by contender, and why others did not take part."""

    scenario: str
    title: str
    runs: dict[str, list[Measured]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, run: Callable[[], Measured]) -> None:
        """One run, unless what it needs is missing."""
        if name in self.skipped:
            return
        try:
            self.runs.setdefault(name, []).append(run())
        except Missing as why:
            self.runs.pop(name)
            self.skipped[name] = str(why)


Scenario = Callable[[Setting, int, int, Sequence[Contender]], Table]


def cold(setting: Setting, rows: int, rounds: int, contenders: Sequence[Contender]) -> Table:
    """Everything from nothing. What the product and the limit leave is kept for the scenarios below."""
    table, feeds = Table("cold", f"A first night, {rows:,} ledger rows"), setting.feeds(rows)
    for _ in range(rounds):
        works = []
        for one in contenders:
            work = setting.desk(f"{one.name}-{rows}")
            table.add(one.name, partial(setting.measured, one, one.full, work, feeds, MONTH))
            works.append(work)
        _agree(setting, feeds, map(out_of, works))
    return table


def month(setting: Setting, rows: int, rounds: int, contenders: Sequence[Contender]) -> Table:
    """A month of all providers is sent again, changed; those that can only do everything again do so."""
    table, feeds = Table("month", f"One changed month of 36, {rows:,} ledger rows"), setting.feeds(rows)
    before = with_a_month_less(feeds, setting.desk(f"{feeds.name}-before"))
    able = [one for one in contenders if one.month]
    table.skipped = {one.name: "every run is a full one" for one in contenders if not one.month}
    for one in able:
        ready = setting.desk(f"{one.name}-{rows}-before")
        try:
            setting.measured(one, one.full, ready, before, MONTH)
        except Missing as why:
            table.skipped[one.name] = str(why)
    for _ in range(rounds):
        works = [
            setting.desk(f"{one.name}-{rows}-month", setting.folder / "work" / f"{one.name}-{rows}-before")
            for one in able
        ]
        for one, work in zip(able, works, strict=True):
            table.add(one.name, partial(setting.measured, one, one.month, work, feeds, MONTH))
        results = [(one, out_of(work)) for one, work in zip(able, works, strict=True)]
        _agree(setting, feeds, [_in_force(out) if one.is_ours else out for one, out in results])
    return table


def nothing(setting: Setting, rows: int, rounds: int, contenders: Sequence[Contender]) -> Table:
    """The night after, with nothing new. Only the product knows what it has."""
    table, feeds = Table("nothing", f"Nothing changed, {rows:,} ledger rows"), setting.feeds(rows)
    table.skipped = {one.name: "does not know what it has done" for one in contenders if not one.is_ours}
    for one in (one for one in contenders if one.is_ours):
        work = setting.folder / "work" / f"{one.name}-{rows}"
        if not out_of(work).is_file():
            setting.measured(one, one.full, setting.desk(work.name), feeds, MONTH)
        for _ in range(rounds):
            table.add(one.name, partial(setting.measured, one, one.full, work, feeds, MONTH))
        _agree(setting, feeds, [out_of(work)])
    return table


def signals(setting: Setting, rows: int, rounds: int, contenders: Sequence[Contender]) -> Table:
    """Series judged by a rule profile, beside a program that reads and writes the same file and judges nothing."""
    table, work = Table("signals", f"Signals of {rows:,} points"), setting.desk(f"signals-{rows}")
    ours = str(Path(sys.executable).with_name("vm-pipeline"))
    judge = [ours, "signals", "{name}.csv", "--profile", "mdc_xmr", "--to", "{name}-judged.csv"]
    copy = "import duckdb; duckdb.sql(\"COPY (FROM read_csv('all.csv', all_varchar = true)) TO 'copy.csv'\")"
    _write_series(work, rows)
    for _ in range(rounds):
        table.add(PRODUCT, lambda: measure([part.format(name="all") for part in judge], work))
        table.add("read and write alone", lambda: measure([sys.executable, "-c", copy], work))
        measure([part.format(name="some") for part in judge], work)
        if _lines(work / "some-judged.csv", _ALONE * _PERIODS) != _lines(work / "all-judged.csv", _ALONE * _PERIODS):
            raise RuntimeError("signals: series judged by themselves come out otherwise than among all")
    shutil.rmtree(work)
    return table


SCENARIOS: dict[str, Scenario] = {"cold": cold, "month": month, "nothing": nothing, "signals": signals}


def _agree(setting: Setting, feeds: Path, results: Iterable[Path]) -> None:
    setting.check_agree(feeds, [path for path in results if path.is_file()])


def _in_force(out: Path) -> Path:
    """A copy of the product's warehouse without rejections of batches that were superseded: no other keeps those."""
    copy = out.with_name("in-force.duckdb")
    shutil.copyfile(out, copy)
    with duckdb.connect(str(copy)) as con:
        con.execute("DELETE FROM vm.rejection WHERE batch_id IN (SELECT batch_id FROM vm.batch WHERE NOT is_in_force)")
    return copy


def with_a_month_less(feeds: Path, folder: Path) -> Path:
    """The feeds with a month that is another: its files lack their last row, and have no control file."""
    for name in ("ledger", "activity", "survey"):
        shutil.copytree(feeds / name, folder / name, copy_function=_link)
    shutil.copytree(feeds / "reference", folder / "reference")
    for path in folder.glob(f"*/*/{MONTH}*.csv"):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        path.unlink()  # a link: what it leads to must stay as it is
        if not path.name.endswith(".control.csv"):
            path.write_text("".join(lines[:-1]), "utf-8")
    return folder


def _link(source: str, target: str) -> str:
    Path(target).hardlink_to(source)
    return target


def _write_series(work: Path, points: int) -> None:
    """Values that wander a little, `_PERIODS` a series; the first series in a file of their own, too."""
    shift = "CASE WHEN team % 7 = 0 AND period > 12 THEN 15 ELSE 0 END"
    value = f"round(100 + 20 * ((hash(team, period) % 1000) / 1000.0) + {shift}, 2)"
    with duckdb.connect() as con:
        for name, series in (("all", points // _PERIODS), ("some", min(_ALONE, points // _PERIODS))):
            con.execute(
                f"COPY (SELECT 'cost' AS measure, printf('T%09d', team) AS team, period, {value} AS value FROM "
                f"range({series}) AS t(team), range(1, {_PERIODS + 1}) AS p(period) ORDER BY team, period) "
                f"TO '{work / name}.csv' (HEADER true)"
            )


def _lines(path: Path, count: int) -> list[str]:
    with path.open(encoding="utf-8") as file:
        return [line for _, line in zip(range(count + 1), file, strict=False)]


LIMITED_BY = {"cold": LIMIT, "month": LIMIT, "signals": "read and write alone"}
