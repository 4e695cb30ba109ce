"""How a night grows with what there is: more rows, more boards; the first, one with a changed month, one without news.

Belongs here: these three nights over feeds of one size, and the table of all sizes measured so far.
Does not belong here: other programs (scenarios). One run of each: the large ones take half an hour.
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.contenders import BY_NAME, PRODUCT
from bench.measuring import Measured
from bench.scenarios import MONTH, with_a_month_less
from bench.setting import Setting, out_of

TITLE = "How it grows"
HEADER = (
    *("ledger rows", "boards", "files", "MiB", "first night: wall s", "CPU s", "CPU µs a row", "peak MiB"),
    *("changed month: wall s", "CPU s", "peak MiB", "nothing changed: wall s"),
)


@dataclass(frozen=True)
class Grown:
    """One size, and what its nights took. `size` is of the feeds, in MiB."""

    rows: int
    providers: int
    files: int
    size: float
    first: Measured
    month: Measured
    nothing: Measured

    @property
    def line(self) -> list[str]:
        """As the page shows it."""
        return [
            f"{self.rows:,}",
            str(self.providers),
            f"{self.files:,}",
            f"{self.size:,.0f}",
            f"{self.first.wall:.0f}",
            f"{self.first.cpu:.0f}",
            f"{self.first.cpu / self.rows * 1e6:.1f}",
            f"{self.first.peak:,.0f}",
            f"{self.month.wall:.0f}",
            f"{self.month.cpu:.0f}",
            f"{self.month.peak:,.0f}",
            f"{self.nothing.wall:.1f}",
        ]


def grow(setting: Setting, rows: int, providers: int) -> None:
    """Measure one size and keep it. Raises Missing, RuntimeError where the first night is not what the truth says."""
    feeds, ours = setting.feeds(rows, providers), BY_NAME[PRODUCT]
    work = setting.desk(f"growth-{rows}-{providers}")
    first = setting.measured(ours, ours.full, work, feeds, MONTH)
    setting.check_agree(feeds, [out_of(work)])
    less = with_a_month_less(feeds, setting.desk(f"{feeds.name}-less"))
    month = setting.measured(ours, ours.full, work, less, MONTH)
    nothing = setting.measured(ours, ours.full, work, less, MONTH)
    paths = list(feeds.rglob("*.csv"))
    size = sum(path.stat().st_size for path in paths) / (1 << 20)
    keep(setting, Grown(rows, providers, len(paths), size, first, month, nothing))
    for folder in (work, less):
        shutil.rmtree(folder)


def table(setting: Setting) -> Sequence[Sequence[str]]:
    """Every size measured so far."""
    found = [_read(path) for path in (setting.results / "growth").glob("*.json")]
    return [one.line for one in sorted(found, key=lambda one: (one.rows, one.providers))]


def keep(setting: Setting, one: Grown) -> None:
    """Keep a size in the place of the one before."""
    folder = setting.results / "growth"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{one.rows}-{one.providers}.json").write_text(json.dumps(asdict(one)), "utf-8")


def _read(path: Path) -> Grown:
    told = json.loads(path.read_text("utf-8"))
    nights = {name: Measured(**told[name]) for name in ("first", "month", "nothing")}
    return Grown(**{**told, **nights})
