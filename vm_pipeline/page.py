"""Figures as pages a person likes to read in a terminal, and the progress shown while a run works.

Belongs here: layout. Does not belong here: figures themselves (figures), exit status (cli).
"""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from vm_pipeline.figures import Figures, Rejected

_SHOWN, _WIDE = 20, 140
VERY_WIDE = 160


class Watch:
    """Shows the steps of a run while it works, and knows how long it took."""

    def __init__(self, quiet: bool) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            disable=quiet,
        )
        self._tasks: dict[str, Any] = {}
        self._start = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds since the watch was made."""
        return time.perf_counter() - self._start

    def report(self, step: str, done: int, total: int) -> None:
        """A step has come so far."""
        if step not in self._tasks:
            self._tasks[step] = self._progress.add_task(step, total=total)
        self._progress.update(self._tasks[step], completed=done, total=total)

    def __enter__(self) -> "Watch":
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


def show(found: Figures) -> None:
    """The page at the end of a run."""
    console = wide_console()
    console.print()
    colour = "red" if found["failure"] else "green"
    console.print(f"[bold {colour}]{found['status'].capitalize()}[/] in {found['seconds']} s", highlight=False)
    console.print(
        f"{found['received_now']} extracts received, {found['unchanged']} unchanged since the last time.",
        highlight=False,
    )
    for table in _pages(found):
        console.print(table)
    _lines(console, "Gate closed", [found["failure"], *found["gates"]], "red")
    _lines(
        console,
        "Refused batches (the last good version stays in force)",
        [f"{r['batch']}: {r['because']}" for r in found["refused"]],
        "yellow",
    )
    _lines(console, "Not received", found["problems"], "yellow")
    _lines(console, "Noted of what was received", found["noted"], "yellow")
    _lines(console, "Warnings", found["warnings"], "yellow")
    _lines(console, "Alerts", found["alerts"], "yellow")
    _next(console, found)


def wide_console(width: int = _WIDE) -> Console:
    """A terminal's own width; a file or a pipe gets room for the widest table."""
    console = Console()
    return console if console.is_terminal else Console(width=width)


def _pages(found: Figures) -> Iterable[Table]:
    if found["feeds"]:
        yield _table(
            "Rows and pounds in force",
            ["feed", "batches", "received", "accepted", "rejected", "received £", "accepted £", "rejected £"],
            [list(row.values()) for row in found["feeds"]],
        )
    if found["rejections"]:
        yield _table(
            "Rejected, by rule", ["feed", "rule", "rows", "£"], [list(r.values()) for r in found["rejections"]]
        )
    if found["reconciliation"]:
        sums = found["reconciliation"]
        yield _table(
            "Ledger against teams, to the penny",
            [
                "received £",
                "− rejected £",
                "− superseded £",
                "− shared to teams £",
                "(unallocated £)",
                "= difference £",
            ],
            [list(sums.values())],
        )
    if found["tables"]:
        title = f"Tables {'published' if found['status'] == 'published' else 'built, which readers do not see'}"
        yield _table(title, ["table", "rows"], [[t["table"], t["rows"]] for t in found["tables"]])


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(_cell(cell) for cell in row))
    for place, one in enumerate(table.columns):
        if all(_is_number(row[place]) for row in rows if row[place] is not None):
            one.justify = "right"
    return table


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float | Decimal)


def _cell(cell: object) -> str:
    if cell is None:
        return ""
    return f"{cell:,}" if _is_number(cell) else str(cell)


def _lines(console: Console, title: str, lines: Iterable[str], colour: str) -> None:
    said = [line for line in lines if line]
    if not said:
        return
    console.print(f"\n[bold {colour}]{title}[/]")
    for line in said[:_SHOWN]:
        console.print(f"  • {line}", highlight=False, markup=False)
    if len(said) > _SHOWN:
        console.print(f"  … and {len(said) - _SHOWN:,} more: `--json` has all", highlight=False)


def _next(console: Console, found: Figures) -> None:
    if found["failure"]:
        return
    console.print("\n[bold]What to open next[/]")
    for what, how in (
        ("the warehouse", f"{found['warehouse']} (schema vm; start with vm.team_month)"),
        ("rejected rows", f"{found['rejected_rows']}/*.csv, or `vm-pipeline rejects`"),
        ("codes nobody has mapped", f"{found['unmapped_codes']}/*.csv, ready to fill in"),
        ("the run itself", "the Runs page of Dagster: `make ui` for the demo, `dagster dev` for a home of your own"),
    ):
        console.print(f"  {what}: {how}", highlight=False, markup=False, soft_wrap=True)


def show_plan(found: Figures) -> None:
    """The page of `run --dry-run`."""
    console = wide_console()
    kinds = Counter(one["change"] for one in found["would_receive"])
    console.print(
        f"Would receive {kinds['new']} new extracts and {kinds['supersedes']} that supersede.", highlight=False
    )
    console.print(f"{found['unchanged']} unchanged.", highlight=False)
    _lines(
        console,
        "Would supersede",
        [o["batch"] for o in found["would_receive"] if o["change"] == "supersedes"],
        "yellow",
    )
    _lines(console, "Could not receive", found["problems"], "yellow")
    console.print(f"Would publish to {found['warehouse']}. Nothing was changed.", highlight=False, soft_wrap=True)


def show_look(found: Figures) -> None:
    """The page of `check`."""
    console = wide_console()
    if found["found"]:
        columns = ["feed", "sender", "extracts", "of these asked for at night", "first", "last", "no extract for"]
        console.print(_table("What the sources have", columns, [list(row.values()) for row in found["found"]]))
    _lines(console, "Warnings", found["warnings"], "yellow")
    _lines(console, "Could not be received", found["problems"], "yellow")
    _lines(console, "Layouts that do not fit", found["layouts"], "yellow")
    where = f"Home {found['home']}; warehouse {found['warehouse']}. Nothing was changed."
    console.print(where, highlight=False, soft_wrap=True)


def show_rejects(tables: Rejected) -> None:
    """The first rejected rows of each feed."""
    console = wide_console()
    for header, rows in tables:
        if rows:
            shown = [row[:7] for row in rows[:_SHOWN]]
            console.print(_table(f"{rows[0][0]}: {len(rows):,} rejected rows", header[:7], shown))
    if not any(rows for _, rows in tables):
        console.print("No rejected rows in force.")
    else:
        console.print("With every column: add --to FILE.")


def show_status(found: Figures) -> None:
    """The page of `status`."""
    console = wide_console()
    console.print(f"Home {found['home']}; warehouse {found['warehouse']}", highlight=False, soft_wrap=True)
    console.print(f"{found['receipts']} receipts, the last at {found['last_received'] or 'no time'}", highlight=False)
    console.print(f"Sources were asked last at {found['last_asked'] or 'no time that is known'}", highlight=False)
    state = "up to date" if found["up_to_date"] else "not made from all that was received: `vm-pipeline run`"
    if found["unknown_night"]:
        state = "this home is older: see the runbook, *The home is older than what readers have*"
    console.print(f"Published as of {found['published_as_of'] or 'never'}; {state}", highlight=False, soft_wrap=True)
    if found["not_staged"]:
        said = "by this version and with this key; where the night has VM_PSEUDONYM_KEY, set it here, too"
        console.print(f"Batches not staged: {found['not_staged']:,}, {said}.", highlight=False, soft_wrap=True)
    if found["in_force"]:
        console.print(
            _table(
                "In force",
                ["feed", "provider", "months", "first", "last"],
                [list(r.values()) for r in found["in_force"]],
            )
        )
    _lines(console, "Refused", [f"{r['batch']}: {r['because']}" for r in found["refused"]], "yellow")
    if found["late"]:
        columns = ["feed", "sender", "last in force", "expected", "due by"]
        console.print(_table("Late", columns, [list(row.values()) for row in found["late"]]))
