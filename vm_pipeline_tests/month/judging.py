"""What a night came to, against what is declared of it.

Belongs here: comparing, and the table. Does not belong here: making nights happen.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage

from vm_pipeline.alerts.cause import KINDS
from vm_pipeline_tests.month.scenario import FAILED, NOT_RECEIVED, PUBLISHED, Night, Told, tick

_HEAD = ("night", "what", "tick (UTC)", "runs", "failed", "retried", "HTTP", "SMTP", "events", "ticks kept")


@dataclass(frozen=True)
class Came:
    """What was seen of a night. `rows`: of the tables of runs, events and ticks, at its end."""

    day: date
    night: Night
    ticks: tuple[datetime, ...]
    runs: tuple[str, ...]
    retried: int
    posted: tuple[Told, ...]
    mailed: tuple[Told, ...]
    rows: dict[str, int]

    @property
    def failed(self) -> int:
        """Runs that failed."""
        return sum(run.endswith(" failed") for run in self.runs)

    @property
    def missed(self) -> str:
        """The job that was allowed to fail, and did."""
        return self.night.may_fail if f"{self.night.may_fail} failed" in self.runs else ""


def expected(came: Came, before: Came | None = None) -> tuple[tuple[str, ...], tuple[Told, ...]]:
    """The runs of a night and what is told, by what is declared of it, and by what the night before left undone."""
    night = came.night
    if came.missed:
        done = night.runs[: night.runs.index(came.missed)]
        return (*done, f"{came.missed} failed"), (*night.told, (FAILED, came.missed, False))
    if before and before.missed:
        return PUBLISHED, (*night.told, (FAILED, before.missed, True))
    return night.runs, night.told


def amiss(came: Came, before: Came | None = None) -> Iterator[str]:
    """What is not as declared."""
    runs, tells = expected(came, before)
    if came.ticks != (tick(came.day),):
        yield f"{came.day}: the schedule ticked at {_said(came.ticks)}, expected {tick(came.day)}"
    if came.runs != runs:
        yield f"{came.day}: runs were {_said(came.runs)}, expected {_said(runs)}"
    for way, told in (("HTTP", came.posted), ("SMTP", came.mailed)):
        if Counter(map(_as_declared, told)) != Counter(tells):
            yield f"{came.day}: by {way} was told {_said(told)}, expected {_said(tells)}"


def _as_declared(told: Told) -> Told:
    """Without the batch of a restatement, which hangs on bytes, the step of a run that failed, on the moment, and the
    folder of a file, on the installation.
    """
    kind, about, is_over = told
    about = about.rpartition("/drop/")[2] if kind == NOT_RECEIVED else about
    return kind, about.partition(" " if kind == FAILED else " (")[0], is_over


def _said(what: Sequence[object]) -> str:
    return ", ".join(str(one) for one in what) or "nothing"


def of_letter(letter: EmailMessage) -> Told:
    """What a letter tells, by its subject."""
    _, _, title = str(letter["Subject"]).partition("] ")
    name, _, about = title.removeprefix("Over: ").partition(": ")
    (kind,) = [kind for kind, called in KINDS.items() if called == name]
    return kind, about, title.startswith("Over: ")


def table(nights: Sequence[Came]) -> str:
    """A line a night, and their sum."""
    lines = [_HEAD, *(_line(came) for came in nights), _sum(nights)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(_HEAD))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


def _line(came: Came) -> tuple[str, ...]:
    counts = (len(came.runs), came.failed, came.retried)
    rows = (came.rows["event_logs"], came.rows["job_ticks"])
    return (
        f"{came.day:%a %d %b}",
        came.night.title,
        " ".join(f"{one:%H:%M}" for one in came.ticks),
        *(str(count or "") for count in counts),
        _kinds(came.posted),
        _kinds(came.mailed),
        *(f"{count:,}" for count in rows),
    )


def _sum(nights: Sequence[Came]) -> tuple[str, ...]:
    ticks, runs = sum(len(one.ticks) for one in nights), sum(len(one.runs) for one in nights)
    ended = (sum(one.failed for one in nights), sum(one.retried for one in nights))
    told = (sum(len(one.posted) for one in nights), sum(len(one.mailed) for one in nights))
    return (f"{len(nights)} nights", "", str(ticks), str(runs), *map(str, ended), *map(str, told), "", "")


def _kinds(told: Sequence[Told]) -> str:
    return ", ".join(f"{kind}{' over' if is_over else ''}" for kind, _, is_over in told)
