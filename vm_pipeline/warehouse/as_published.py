"""What each point signalled when it was first final: kept, whatever happens to its history afterwards.

Belongs here: one small file a landing, holding the points that became final with it and what they signalled then;
reading them back in order.
Does not belong here: judging (signals), which receipts were known when (home).

A landing's file is named by all that was logged up to then, so it is the same for every warehouse that looks back on
it, and is made again, by building that night once more, where it is missing. It is not named by the code: what was
published by the code of that night stays as it was published.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from vm_pipeline.disk import flush
from vm_pipeline.sources.decisions import Decision
from vm_pipeline.sources.incoming import desk
from vm_pipeline.sources.receipts import Receipt, Version
from vm_pipeline.staging.batches import Purged
from vm_pipeline.staging.naming import literal
from vm_pipeline.staging.reading import readable

# What names a point: one of indicator_signal's key.
POINT = ("indicator_code", "level", "provider_code", "service", "team_code", "grain", "starts_on", "rule_profile")
_SAID = ("signal", "rule", "tier")
_KEPT = "signal AND NOT is_tentative AS signal, CASE WHEN NOT is_tentative THEN rule END AS rule, tier"


@dataclass(frozen=True)
class Landed:
    """One landing: when, its name, the versions there were, and the warehouse of then (judged, not published).

    A home has hundreds of them, and a night looks at the versions of two: they are found when they are asked for.
    """

    received_at: str
    name: str
    versions: Callable[[], Sequence[Version]]
    look: Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]]


def landing_names(
    receipts: Iterable[Receipt], decisions: Iterable[Decision], refused: Collection[str]
) -> dict[str, str]:
    """By moment, oldest first: 16 hex digits that stand for the log up to then, and for which of it was refused.

    The same for the same log on any machine, and found in one pass over it.
    """
    so_far, names = hashlib.sha256(), {}
    log: list[Receipt | Decision] = sorted([*receipts, *decisions], key=lambda one: one.received_at)
    for one in log:
        said = one.content_id in refused if isinstance(one, Receipt) else f"{one.kind} {one.batch_id}"
        so_far.update(f"{one.received_at} {one.content_id} {said}\n".encode())
        names[one.received_at] = so_far.hexdigest()[:16]
    return names


def put_as_published(con: duckdb.DuckDBPyConnection, folder: Path, landings: Sequence[Landed]) -> None:
    """Create `core.as_published` in a warehouse that was judged: one row a point that is final now or ever was.

    `landings` are all up to the warehouse's time, oldest first; the last is the warehouse itself.
    """
    kept: list[Path] = []
    for landed in landings:
        path = folder / f"{landed.name}.parquet"
        if not path.is_file():
            try:
                with landed.look() as then:
                    _keep(then, kept, path, landed.received_at)
            except Purged:  # the rows of that night are erased: what it published first is first seen at the next
                continue
        kept.append(path)
    con.execute(f"CREATE OR REPLACE VIEW core.as_published AS SELECT * FROM {_union(kept)}")


def _keep(then: duckdb.DuckDBPyConnection, before: list[Path], path: Path, received_at: str) -> None:
    """Write the points that are final now and were in no file before."""
    with written(path) as draft:
        then.execute(
            f"COPY (SELECT {', '.join(POINT)}, {_KEPT}, ?::TIMESTAMP AS published_at FROM core.judged_point "
            "JOIN core.signal_series USING (provider_code, team_code, series) "
            f"ANTI JOIN {_union(before)} AS before USING ({', '.join(POINT)}) "
            f"WHERE is_final) TO {literal(draft)} (FORMAT parquet, COMPRESSION zstd)",
            [received_at.removesuffix("+00:00")],
        )


@contextmanager
def written(path: Path) -> Iterator[Path]:
    """A draft to write, which then gets its name: whole or not at all, after a power cut too."""
    with desk(incoming(path.parent)) as here:
        yield here / path.name
        flush(here / path.name)
        (here / path.name).replace(path)
        flush(path.parent)


def incoming(folder: Path) -> Path:
    """Where such files are written before they get their name."""
    return folder / "incoming"


def _union(paths: list[Path]) -> str:
    if paths:
        return f"read_parquet([{', '.join(map(readable, paths))}])"
    kinds = {"starts_on": "DATE", "signal": "BOOLEAN", "published_at": "TIMESTAMP"}
    columns = [f"NULL::{kinds.get(name, 'VARCHAR')} AS {name}" for name in (*POINT, *_SAID, "published_at")]
    return f"(SELECT {', '.join(columns)} WHERE false)"
