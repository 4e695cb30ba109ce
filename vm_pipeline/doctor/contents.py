"""What a home holds: receipts and objects, the snapshot and its record.

Belongs here: whether what is kept is whole. Does not belong here: what it means.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from vm_pipeline.doctor.finding import Finding, named, note, ok, wrong
from vm_pipeline.sources.landing import Landing
from vm_pipeline.sources.objects import LandingDamaged, digest
from vm_pipeline.sources.receipts import Receipt
from vm_pipeline.warehouse.snapshot import published, recorded

_RESTORE = "Put the files back in the source, or restore landing from backup; then `vm-pipeline run`."


def landing(of: Landing, receipts: list[Receipt], deep: bool) -> Finding:
    """Every object that a receipt names, and that was not purged: there, of its size; `deep`, of its hash."""
    sizes = {receipt.sha256: receipt.size for receipt in receipts}
    beside = {sha for r in receipts for sha in (r.control_sha256, r.layout_sha256) if sha}
    erased = {sha for one in of.decisions() for sha in one.erased}
    hashes = sorted(s for s in sizes.keys() | beside if s not in erased or of.path(s).is_file())
    absent = [sha[:12] for sha in hashes if not of.path(sha).is_file()]
    other = [s[:12] for s, size in sizes.items() if of.path(s).is_file() and of.path(s).stat().st_size != size]
    damaged = [sha[:12] for sha in hashes if not _is_sound(of, sha)] if deep else absent + other
    if damaged:
        said = f"{len(damaged)} of {len(hashes)} objects missing or damaged: {named(damaged)}"
        return wrong("landing", said, "every object that a receipt names, as it was received", _RESTORE)
    how = "hashed" if deep else "there, with their sizes (--deep hashes them)"
    return ok("landing", f"{len(receipts)} receipts, {len(hashes)} objects {how}")


def purged(of: Landing) -> Finding:
    """Nothing that was purged is there: a purge that was cut short, or a backup made before it, would have it."""
    erased = of.purged_objects
    there = [sha[:12] for sha in sorted(erased) if of.path(sha).is_file()]
    if there:
        said = f"{len(there)} objects that were purged, and are there: {named(there)}"
        return wrong("purged", said, "none", "Remove them from landing/objects; ask again for a purge cut short.")
    return ok("purged", f"{len(erased)} objects, none of them there")


def _is_sound(of: Landing, sha256: str) -> bool:
    try:
        of.verified(sha256)
    except (LandingDamaged, OSError):
        return False
    return True


def snapshot(path: Path, received: bool, deep: bool) -> Iterator[Finding]:
    """The warehouse readers read: opens, says of what it was made, has every table; `deep`, is as it was published."""
    run = "`vm-pipeline run --full` makes it again."
    if not path.is_file():
        say = wrong if received else note
        yield say("snapshot", f"no {path}", "a published warehouse", "`vm-pipeline run`.")
        return
    there = published(path)
    if there is None:
        yield wrong("snapshot", f"{path}, which does not open as a warehouse", "one that does", f"Move it away; {run}")
        return
    declared = _declared()
    absent = sorted(declared - _there(path))
    if absent:
        yield wrong("snapshot", f"no {named(absent)} in it", "every declared table", run)
    else:
        yield ok("snapshot", f"{len(declared)} tables, published as of {there.as_of}")
    yield from _fingerprint(path, there.inputs, run) if deep else ()


def _fingerprint(path: Path, inputs: str, run: str) -> Iterator[Finding]:
    record = recorded(path)
    if record is None or record.inputs != inputs:
        remedy = "The next publication writes one."
        yield note("fingerprint", "no record of this publication", "one beside the snapshot", remedy)
    elif digest(path) != record.sha256:
        found, expected = "other bytes than were published", "those of the record beside the snapshot"
        yield wrong("fingerprint", found, expected, f"Ask who writes there; {run}")
    else:
        yield ok("fingerprint", "bytes as they were published")


def _declared() -> set[str]:
    from vm_pipeline.warehouse.tables import TABLES  # what declares tables takes long to import

    return {table.name for table in TABLES}


def _there(path: Path) -> set[str]:
    with duckdb.connect(str(path), read_only=True) as con:
        return {
            name
            for (name,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'vm'").fetchall()
        }
