"""`python -m bench`: measure scenarios side by side, and write docs/reference/benchmarks.md.

Belongs here: options. Does not belong here: anything else.
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from bench import growth, postgres, reading, report
from bench.contenders import BY_NAME, CONTENDERS, PRODUCT, Contender
from bench.scenarios import SCENARIOS
from bench.setting import USUAL_BOARDS, Missing, Setting, out_of

_ROOT = Path(__file__).resolve().parent.parent
_SHARED = Path(os.environ.get("VM_SHARED", _ROOT.parent / "shared")) / "bench"
_FOLDER = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "vm_pipeline_bench"
_OTHERS = ("growth", "postgres", "reading")


def main() -> None:
    """Measure what is asked for; what cannot be measured here says why, and the rest goes on."""
    asked = _asked()
    setting = Setting(asked.shared.resolve(), asked.folder.resolve())
    contenders = [BY_NAME[name] for name in asked.contender or BY_NAME]
    for name in asked.scenario or [*SCENARIOS, *_OTHERS]:
        for rows in asked.rows or [1_000_000] if name != "reading" else [1_000_000]:
            print(f"{name}, {rows:,} rows, {asked.runs} runs …", flush=True)
            try:
                _measure(name, setting, rows, asked, contenders)
            except Missing as why:
                print(f"  skipped: {why}", flush=True)
            report.write(setting.results, asked.page)
    print(f"written to {asked.page}")


def _measure(
    name: str, setting: Setting, rows: int, asked: argparse.Namespace, contenders: Sequence[Contender]
) -> None:
    rounds = asked.runs
    if name in SCENARIOS:
        report.keep(SCENARIOS[name](setting, rows, rounds, contenders), rounds, setting.results)
    elif name == "growth":
        for providers in asked.providers or [USUAL_BOARDS]:
            growth.grow(setting, rows, providers)
            report.keep_lines(growth.TITLE, growth.HEADER, growth.table(setting), 1, setting.results)
    elif name == "reading":
        report.keep_lines("Reading odd files", reading.HEADER, reading.table(rows, rounds), rounds, setting.results)
    else:
        title = f"Publishing to PostgreSQL, {rows:,} ledger rows"
        work = setting.folder / "work"
        before, later = (out_of(work / f"{PRODUCT}-{rows}{end}") for end in ("-before", ""))
        if not (before.is_file() and later.is_file()):
            raise Missing("found no two warehouses of that size; measure the scenarios `cold` and `month` first")
        report.keep_lines(title, postgres.HEADER, list(postgres.table(before, later, rounds)), rounds, setting.results)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--rows", type=int, action="append", help="ledger rows, or points; repeatable (default 1000000)"
    )
    parser.add_argument("--providers", type=int, action="append", help="boards, for `growth`; repeatable (default 4)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each, of which the median counts")
    parser.add_argument("--contender", action="append", choices=[one.name for one in CONTENDERS], help="default: all")
    parser.add_argument("--scenario", action="append", choices=[*SCENARIOS, *_OTHERS], help="default: all")
    parser.add_argument("--shared", type=Path, default=_SHARED, help="generate.py, compare.py and yardsticks/")
    parser.add_argument("--folder", type=Path, default=_FOLDER, help="feeds, environments, results; large")
    parser.add_argument("--page", type=Path, default=report.PAGE, help="where to write what was found")
    return parser.parse_args()


if __name__ == "__main__":
    main()
