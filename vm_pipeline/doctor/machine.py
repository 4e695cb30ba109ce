"""The machine: Python, packages against the lock, room on the disk, the clock.

Belongs here: what is around a home. Does not belong here: what is in it (folders, contents).
"""

import re
import shutil
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path

from vm_pipeline.doctor.finding import Finding, named, note, ok, wrong
from vm_pipeline.sources.receipts import Receipt

_PACKAGE = "vm-pipeline"
_PIN = re.compile(r"^([\w.\-]+)(?:\[[\w,\-]+\])?==(\S+)", re.MULTILINE)
_NAME = re.compile(r"[-_.]+")
_GB = 1 << 30
_LEAST_FREE = _GB // 2
_TIMES = 3  # the draft beside the snapshot, what spills, and a look back to an earlier landing
_SLACK = timedelta(minutes=5)


def python() -> Finding:
    """The version of Python against what the package asks for."""
    from packaging.specifiers import SpecifierSet

    asked, found = metadata.metadata(_PACKAGE)["Requires-Python"], ".".join(map(str, sys.version_info[:3]))
    if found in SpecifierSet(asked):
        return ok("python", f"Python {found}")
    return wrong(
        "python", f"Python {found}", asked, "Make the environment again: `make clean`, remove .venv, `make check`."
    )


def lock_file() -> Path | None:
    """`requirements.lock`: inside the package when it is installed, beside it in a checkout."""
    package = Path(__file__).parent.parent
    found = (folder / "requirements.lock" for folder in (package, package.parent))
    return next((path for path in found if path.is_file()), None)


def packages(lock: Path | None) -> Finding:
    """Installed versions against the lock. What only developers need may be missing."""
    if lock is None:
        return note("packages", "no requirements.lock", "the one of this version", "Install from the repository.")
    pins = {_NAME.sub("-", name).lower(): version for name, version in _PIN.findall(lock.read_text("utf-8"))}
    installed = {_NAME.sub("-", one.name).lower(): one.version for one in metadata.distributions() if one.name}
    needed = {_NAME.sub("-", re.split(r"[^\w.\-]", one)[0]).lower() for one in _needed()}
    other = [f"{n} {installed[n]} (locked {v})" for n, v in sorted(pins.items()) if installed.get(n, v) != v]
    absent = [f"{name} (locked {pins[name]})" for name in sorted(needed & pins.keys()) if name not in installed]
    if not other + absent:
        return ok("packages", f"{len(pins.keys() & installed.keys())} packages as locked")
    said = "; ".join(filter(None, (named(other), f"missing: {named(absent)}" if absent else "")))
    return wrong(
        "packages", said, "the versions of requirements.lock", "`pip install --require-hashes -r requirements.lock`."
    )


def _needed() -> list[str]:
    return [one for one in metadata.requires(_PACKAGE) or () if "extra ==" not in one]


def disk(home: Path, warehouse: Path) -> Iterator[Finding]:
    """Free room where a night writes, against what the last one came to."""
    size = warehouse.stat().st_size if warehouse.is_file() else 0
    need = max(_LEAST_FREE, _TIMES * size)
    for folder in dict.fromkeys(_there(one) for one in (home, warehouse.parent)):
        free = shutil.disk_usage(folder).free
        said = f"{free / _GB:.1f} GB free at {folder}"
        if free >= need:
            yield ok("disk", said)
        else:
            expected = f"{need / _GB:.1f} GB: {_TIMES} times the warehouse, and {_LEAST_FREE / _GB} GB at least"
            yield wrong("disk", said, expected, "Make room: see the runbook, *The disk is full*.")


def _there(path: Path) -> Path:
    return next(one for one in (path, *path.parents) if one.is_dir())


def clock(now: datetime, receipts: list[Receipt], warehouse: Path) -> Finding:
    """The clock against times that are known to lie in the past."""
    known = [datetime.fromisoformat(receipts[-1].received_at)] if receipts else []
    if warehouse.is_file():
        known.append(datetime.fromtimestamp(warehouse.stat().st_mtime, now.tzinfo))
    last = max(known, default=now)
    said = now.isoformat(timespec="seconds")
    if last <= now + _SLACK:
        return ok("clock", said)
    found = f"{said}, before the last receipt or publication, {last.isoformat(timespec='seconds')}"
    return wrong("clock", found, "a time after it", "Set the clock, or have it set (NTP). Receipts keep their order.")
