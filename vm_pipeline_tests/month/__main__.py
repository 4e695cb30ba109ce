"""A month of nights, by Dagster's own daemon on PostgreSQL: `make month`.

Belongs here: taking the nights one after the other, and what is left of them in Dagster's tables.
Does not belong here: what is declared (scenario), comparing (judging).

    python -m vm_pipeline_tests.month --nights 31

Everything that runs is what `deploy/` runs: the daemon with `deploy/dagster.yaml`, run monitoring, retries, sensors,
the command for pruning. Only the clock is ours: it is put forward over hours in which nothing is due.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from vm_pipeline_tests.month import clock, scenario
from vm_pipeline_tests.month.clock import Clock
from vm_pipeline_tests.month.installation import ALERTS, ALERTS_LOOK, Installation, installation
from vm_pipeline_tests.month.judging import Came, amiss, of_letter, table
from vm_pipeline_tests.month.scenario import Night

_BEFORE = timedelta(seconds=20)
_SUNDAY, _KEPT_DAYS, _KEPT_SKIPS = 6, 7, 3
_TABLES = ("runs", "event_logs", "job_ticks")
_ENDS = {"SUCCESS": "", "FAILURE": " failed"}


def take(one: Installation, day: date) -> Came:
    """One night: what arrives, the tick, what goes wrong, and the rest after it."""
    night, due = scenario.night(day), scenario.tick(day)
    posted, mailed = len(one.hook.told), len(one.postbox.letters)
    night.send(one.programme)
    one.deafen(night.deaf)
    if night.database == "before":
        one.crash_database()
    one.clock.set(due - _BEFORE)
    one.until(lambda: one.ticks("nightly", due - _BEFORE), "the schedule ticks")
    _hurt(one, night, due)
    one.until(lambda: one.is_at_rest(due), f"{day} is over")
    one.clock.put_forward(ALERTS_LOOK)
    one.until(lambda: one.is_at_rest(due, [ALERTS]), f"alerts of {day} are told")
    if day.weekday() == _SUNDAY:
        _prune(one, day)
    runs = one.runs(due)
    return Came(
        day,
        night,
        tuple(row["timestamp"].replace(tzinfo=UTC) for row in one.ticks("nightly", due - _BEFORE)),
        tuple(run["job"] + _ENDS.get(run["status"], f" {run['status']}") for run in runs),
        sum(run["is_retry"] for run in runs),
        tuple(one.hook.told[posted:]),
        tuple(of_letter(letter) for letter in one.postbox.letters[mailed:]),
        {name: one.ask(f"SELECT count(*) AS rows FROM {name}")[0]["rows"] for name in _TABLES},
    )


def _hurt(one: Installation, night: Night, due: datetime) -> None:
    """What goes wrong in the midst of a run."""
    if night.kills:
        one.kill_run(one.step_begun(night.kills, due), power=night.power)
    if night.database == "during":
        one.step_begun("stage", due)
        one.crash_database()


def _prune(one: Installation, day: date) -> None:
    """At noon, as `deploy/systemd/vm-pipeline-prune.timer` does; with days that pass within a month."""
    one.clock.set(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    one.run("vm-pipeline", "prune", "--days", str(_KEPT_DAYS))


def outstayed(one: Installation, last: Came) -> Iterator[str]:
    """What is in Dagster's tables for longer than it is kept, or belongs to nothing."""
    if last.day.weekday() != _SUNDAY:
        _prune(one, last.day)
    now = one.clock.now().replace(tzinfo=None)
    old = one.ask("SELECT pipeline_name AS job FROM runs WHERE create_timestamp < %s", now - timedelta(days=_KEPT_DAYS))
    if any(count > 1 for count in Counter(row["job"] for row in old).values()):
        yield f"{len(old)} runs are older than {_KEPT_DAYS} days, expected the last of each job at most"
    lost = one.ask("SELECT 1 FROM event_logs WHERE run_id <> '' AND run_id NOT IN (SELECT run_id FROM runs)")
    if lost:
        yield f"{len(lost)} events belong to runs that are gone, expected none"
    late = now - timedelta(days=_KEPT_SKIPS, hours=1)
    skips = one.ask("SELECT 1 FROM job_ticks WHERE type = 'SENSOR' AND status = 'SKIPPED' AND timestamp < %s", late)
    if skips:
        yield f"{len(skips)} ticks that skipped are older than {_KEPT_SKIPS} days, expected none"


def main() -> int:
    """Take so many nights. Returns 1 where something was not as declared, 2 where there is no such clock."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--nights", type=int, default=31)
    asked.add_argument("--pictures", type=Path, help="a folder for pictures of Dagster's pages at the end")
    given = asked.parse_args()
    if clock.missing():
        print(clock.missing())
        return 2
    with tempfile.TemporaryDirectory(prefix="vm-month-") as folder:
        root = Path(folder)
        root.chmod(0o755)  # the database runs as another user and reads the clock
        moved = Clock(root / "clock")
        moved.set(scenario.tick(scenario.FIRST) - timedelta(hours=6))
        with installation(root, moved) as one:
            return _month(one, given.nights, given.pictures)


def _month(one: Installation, count: int, pictures: Path | None) -> int:
    one.start()
    one.turn_on()
    nights, found = _nights(one, count)
    found += outstayed(one, nights[-1]) if nights else []
    print(table(nights), *(found or ["everything as declared"]), sep="\n", flush=True)
    if pictures:
        from vm_pipeline_tests.month.pages import take_pictures

        take_pictures(one, pictures)
    return 1 if found else 0


def _nights(one: Installation, count: int) -> tuple[list[Came], list[str]]:
    """Up to the first that does not end, and what was not as declared."""
    nights: list[Came] = []
    found: list[str] = []
    for day in scenario.days(count):
        try:
            nights.append(take(one, day))
        except AssertionError as error:
            return nights, [*found, f"{day}: {error}"]
        said = list(amiss(*nights[:-3:-1]))
        found += said
        print(f"{day} {nights[-1].night.title}: {', '.join(nights[-1].runs)}", *said, sep="\n  ", flush=True)
    return nights, found


if __name__ == "__main__":
    sys.exit(main())
