"""The page of what was measured: docs/reference/benchmarks.md, a table a scenario, with versions and machine.

Belongs here: medians, ratios, the words around them. Does not belong here: measuring.
"""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.contenders import CONTENDERS
from bench.measuring import Measured
from bench.scenarios import LIMITED_BY, Table

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "benchmarks.md"
_PACKAGES = ("vm-pipeline", "duckdb", "dagster", "great-expectations", "pandas", "pyarrow", "SQLAlchemy")
_HEAD = """\
# Benchmarks

What `make bench` measured last: the product beside other programs that make the same tables of the same feeds, each as
a whole process, from outside. Medians (least to most) of runs taken in turn; results are compared in every round,
against each other and against the truth of the feeds, and nothing is written here that does not agree. Seconds of a
shared machine differ by a third from hour to hour: ratios and processor time say more than wall time.

- **wall, CPU**: seconds from start to end, and of processor time of the process and its children.
- **peak**: the most memory they held together, MiB. **written**: what they sent to the disk, MiB.

The product does what no other does: it keeps every byte under its hash, with versions; checks control totals; keeps
every rejected row with its reasons; judges what it accepted again by another way; makes indicators, signals and series;
and records all of it in Dagster.

Who took part:

{contenders}
"""


@dataclass(frozen=True)
class Page:
    """One section of the page, as text: a title and what stands under it."""

    title: str
    body: str


def keep(table: Table, rounds: int, results: Path) -> None:
    """Keep a table under its title; it takes the place of the one before."""
    _keep(Page(table.title, f"{_made(rounds)}\n\n{_rows(table)}"), results)


def keep_lines(title: str, header: Sequence[str], lines: Sequence[Sequence[str]], rounds: int, results: Path) -> None:
    """Keep a table of another shape."""
    _keep(Page(title, f"{_made(rounds)}\n\n{_markdown(header, lines)}"), results)


def write(results: Path, page: Path = PAGE) -> None:
    """Write the page from every table that was kept."""
    sections = [Page(**json.loads(path.read_text("utf-8"))) for path in sorted(results.glob("*.json"))]
    contenders = "\n".join(f"- `{one.name}`: {one.says}." for one in CONTENDERS)
    text = _HEAD.format(contenders=contenders) + "".join(f"\n## {one.title}\n\n{one.body}\n" for one in sections)
    page.write_text(text, "utf-8")


def _keep(page: Page, results: Path) -> None:
    results.mkdir(parents=True, exist_ok=True)
    name = "".join(sign if sign.isalnum() else "-" for sign in page.title.lower())
    (results / f"{name}.json").write_text(json.dumps(asdict(page), ensure_ascii=False), "utf-8")


def _made(rounds: int) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {rounds} runs each. {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"{platform.system()} {platform.machine()}, "
        f"load {os.getloadavg()[2]:.1f}. Python {platform.python_version()}, {versions}."
    )


def _rows(table: Table) -> str:
    base = table.runs.get(LIMITED_BY.get(table.scenario, ""), [])
    header = ["", "wall s", "÷ limit", "CPU s", "÷ limit", "peak MiB", "written MiB"]
    lines = [_row(name, runs, base) for name, runs in table.runs.items()]
    said = "".join(f"\n- `{name}` did not take part: {why}." for name, why in table.skipped.items())
    return _markdown(header, lines) + (f"\n{said}" if said else "")


def _row(name: str, runs: Sequence[Measured], base: Sequence[Measured]) -> list[str]:
    def ratio(what: str) -> str:
        return f"{_median(runs, what) / _median(base, what):.2f}" if base else ""

    walls = [one.wall for one in runs]
    return [
        f"`{name}`",
        f"{statistics.median(walls):.1f} ({min(walls):.1f}–{max(walls):.1f})",
        ratio("wall"),
        f"{_median(runs, 'cpu'):.1f}",
        ratio("cpu"),
        f"{_median(runs, 'peak'):,.0f}",
        f"{_median(runs, 'written'):,.0f}",
    ]


def _median(runs: Sequence[Measured], what: str) -> float:
    return float(statistics.median(getattr(one, what) for one in runs))


def _markdown(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (header, rule, *lines))
