"""Every check, in the order a person would look.

Belongs here: the order. Does not belong here: any check.
"""

from collections.abc import Iterator
from datetime import datetime

from vm_pipeline.doctor import contents, folders, machine, nights, outside, server
from vm_pipeline.doctor.finding import Finding, note, ok, wrong
from vm_pipeline.home import Home
from vm_pipeline.sources.objects import LandingDamaged
from vm_pipeline.sources.receipts import Receipt


def environment() -> Iterator[Finding]:
    """What can be looked at without any settings."""
    yield machine.python()
    yield machine.packages(machine.lock_file())


def installation(of: Home, now: datetime, deep: bool) -> Iterator[Finding]:
    """What is wrong with one home and what it works with. `deep` reads every byte that is kept.

    What this user may not read ends the examination, as what is wrong.
    """
    try:
        yield from _everything(of, now, deep)
    except LandingDamaged as error:
        yield wrong("landing", str(error), "what was received, as it was received", "Restore it from backup.")
    except PermissionError as error:
        found = f"{error.filename or of.folder}, which cannot be read ({error.strerror})"
        yield wrong("home", found, "a home that is this user's", "Run as its owner, or `chown -R` it; then ask again.")


def _everything(of: Home, now: datetime, deep: bool) -> Iterator[Finding]:
    settings = of.settings
    yield ok("configuration", f"{len(settings.sources)} sources, nation {settings.nation}")
    for warning in settings.warnings:
        yield note("configuration", warning, "nothing to warn of", "Correct it where it stands.")
    there = folders.home(of.folder)
    yield there
    yield from machine.disk(of.folder, settings.warehouse)
    yield from outside.sources(of, deep)
    if not of.folder.is_dir():
        return
    receipts, amiss = _receipts(of)
    yield from amiss
    yield machine.clock(now, receipts, settings.warehouse)
    yield from nights.nights(of, now) if receipts else ()
    yield from folders.private(of)
    yield folders.key(of, bool(receipts))
    yield from folders.locks(of)
    yield contents.landing(of.landing, receipts, deep)
    yield contents.purged(of.landing)
    yield from contents.snapshot(settings.warehouse, bool(receipts), deep)
    yield from server.warehouse(of)
    yield from outside.dagster(of)


def _receipts(of: Home) -> tuple[list[Receipt], list[Finding]]:
    try:
        return of.receipts(), []
    except (OSError, LandingDamaged) as error:
        if isinstance(error, PermissionError):
            raise
        found = f"receipts that cannot be read ({type(error).__name__})"
        return [], [
            wrong("receipts", found, "one a line, as they were written", "Restore landing/receipts from backup.")
        ]
