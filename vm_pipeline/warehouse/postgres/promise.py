"""What reports were promised: names, types and keys as last committed, in `promised.json`.

Belongs here: reading and writing that file, and which changes need a word to those who write reports.
Does not belong here: what a difference is (shape), changing a database (upgrade).

    python -m vm_pipeline.warehouse.postgres.promise

writes what was added since. A change that breaks reports is refused until a revision in `migrations/versions` has a
line for it in its `BREAKS`: the name, and what to do instead.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from vm_pipeline.warehouse.postgres import functions
from vm_pipeline.warehouse.postgres.shape import Difference, Shape, Shapes, declared, differences
from vm_pipeline.warehouse.postgres.upgrade import MIGRATIONS
from vm_pipeline.warehouse.tables import TABLES
from vm_pipeline.warehouse.views import VIEWS

FILE = Path(__file__).with_name("promised.json")


def promised(path: Path = FILE) -> dict[str, Shape]:
    """As committed."""
    raw = json.loads(path.read_text("utf-8"))
    return {
        table: Shape(tuple(one["key"]), {name: (kind, filled) for name, (kind, filled) in one["columns"].items()})
        for table, one in raw.items()
    }


def given() -> dict[str, Shape]:
    """As declared now: tables, views of them, and the functions that queries call."""
    return declared((*TABLES, *VIEWS)) | functions.shapes()


def written(shapes: Shapes) -> str:
    """As it is committed: one line a column, so that a change reads well."""
    tables = []
    for table, one in sorted(shapes.items()):
        columns = ",\n".join(f"   {json.dumps(name)}: {json.dumps(said)}" for name, said in one.columns.items())
        tables.append(
            f' {json.dumps(table)}: {{\n  "key": {json.dumps(one.key)},\n  "columns": {{\n{columns}\n  }}\n }}'
        )
    return "{\n" + ",\n".join(tables) + "\n}\n"


def broken(before: Shapes, now: Shapes, told: Mapping[str, str]) -> list[Difference]:
    """Changes that break reports and that nobody was told of."""
    return [one for one in differences(before, now) if one.breaks and not told.get(one.name)]


def told() -> dict[str, str]:
    """What every revision says of what it breaks: `table.column` (or `table`) and what to do instead."""
    from alembic.script import ScriptDirectory

    revisions = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    return {name: said for revision in revisions for name, said in revision.module.BREAKS.items()}


def main() -> int:
    """Write the file anew, unless a promise would be broken."""
    now = given()
    untold = broken(promised(), now, told())
    if untold:
        print(*untold, "Reports may bind to these: write a revision that says what to do.", sep="\n", file=sys.stderr)  # noqa: T201
        return 1
    FILE.write_text(written(now), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
