"""An older warehouse brought to the schema of this version, in place: reports keep their views and grants.

Belongs here: what follows from the declarations by itself (new tables, columns, indexes, comments, rights), and running
the steps that do not (migrations). Does not belong here: filling anything (publish).

A column that must be filled is added as one that may be empty; once a night has filled it, it is required.
"""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateColumn

from vm_pipeline.warehouse.postgres import functions, rights, views
from vm_pipeline.warehouse.postgres.address import opened
from vm_pipeline.warehouse.postgres.alone import alone, while_nobody_reads
from vm_pipeline.warehouse.postgres.refused import WarehouseRefused
from vm_pipeline.warehouse.postgres.schema import (
    NOTES,
    content,
    create,
    ddl_hash,
    declared,
    is_created,
    kept,
    sorted_indexes,
)
from vm_pipeline.warehouse.postgres.shape import (
    ALWAYS_THERE,
    NEW_COLUMN,
    NEW_TABLE,
    NO_COLUMN,
    NO_TABLE,
    Difference,
    differences,
    found,
    own_columns,
)
from vm_pipeline.warehouse.postgres.shape import declared as shapes
from vm_pipeline.warehouse.tables import SCHEMA
from vm_pipeline.warehouse.workspace import comments

EMPTIED = "A night empties them in the rows that it writes: keep such values in a table of your own, in another schema."
MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(address: str, tell: Callable[[str], None] = lambda said: None) -> bool:
    """Bring the warehouse at an address up to date; made, empty, where there is none. True where something was done.

    What is there is looked at, whatever was noted: somebody may have taken a column away. `tell` is told whom we wait
    for, and which columns are not ours. Raises WarehouseRefused.
    """
    with opened(address) as con, con.begin():
        alone(con, tell=tell)
        if not is_created(con):
            return set_up(con)
        if own := own_columns(found(con), shapes(kept().values())):
            tell(f"Left as they are, columns of your own: {', '.join(one.name for one in own)}. {EMPTIED}")
        if to_do(con):
            con.execute(declared.delete())
        return bring_up_to_date(con)


def to_do(con: Connection) -> list[Difference]:
    """How tables differ from those of this version, but for columns that somebody added."""
    there, now = found(con), shapes(kept().values())
    own = own_columns(there, now)
    return [one for one in differences(there, now) if one not in own]


def set_up(con: Connection) -> bool:
    """Make everything where nothing is. Returns True."""
    create(con)
    functions.apply(con)
    views.apply(con)
    rights.apply(con)
    _migrate(con, "stamp", MIGRATIONS / "versions")
    _note(con)
    return True


def bring_up_to_date(con: Connection, versions: Path = MIGRATIONS / "versions") -> bool:
    """As far as the rows that are there allow. True where something was done. Raises WarehouseRefused."""
    if is_current(con):
        return False
    with while_nobody_reads(con):
        _migrate(con, "upgrade", versions)
        for one in to_do(con):
            _follow(con, one)
        _describe(con)
        functions.apply(con)
        views.apply(con)
        rights.apply(con)
    if not to_do(con):
        _note(con)
    return True


def is_current(con: Connection) -> bool:
    """Whether nothing is left to do, as far as was noted."""
    return bool(con.execute(declared.select()).scalar() == _hash(con))


def _follow(con: Connection, one: Difference) -> None:
    """Make one difference go. Raises WarehouseRefused where rows would have to change in a way nobody described."""
    table = kept().get(one.table)
    if one.what in (NO_TABLE, NO_COLUMN):
        raise WarehouseRefused(_not_ours(one))
    if one.breaks or table is None:
        raise WarehouseRefused(
            f"found a warehouse of another version ({one}), expected a migration that says how to move it. "
            "See docs/how-to/publish-to-postgresql.md, on upgrading."
        )
    if one.what in (NEW_TABLE, NEW_COLUMN):  # whatever was noted of its rows, they have to be written
        con.execute(content.delete().where(content.c.table_name == one.table))
    if one.what == NEW_TABLE:
        table.create(con)
    elif one.what == NEW_COLUMN:
        said = str(CreateColumn(table.columns[one.column]).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
        con.execute(text(f"ALTER TABLE {SCHEMA}.{one.table} ADD COLUMN {said.removesuffix(' NOT NULL')}"))
    elif one.what == ALWAYS_THERE and _is_filled(con, one):
        con.execute(text(f'ALTER TABLE {SCHEMA}.{one.table} ALTER "{one.column}" SET NOT NULL'))


def _not_ours(one: Difference) -> str:
    """Whether it is somebody's own or of another version cannot be told, so nothing of it is touched."""
    moved = f"`ALTER TABLE {SCHEMA}.{one.table} SET SCHEMA …`"
    if one.column:
        moved = f"a table of your own, then `ALTER TABLE {SCHEMA}.{one.table} DROP COLUMN {one.column}`"
    what = f"the column {SCHEMA}.{one.name}" if one.column else f"the table {SCHEMA}.{one.name}"
    return (
        f"found {what}, which this version does not have, expected a migration that says how to move it ({one}). "
        f"Nothing was changed. If it is your own, move it to another schema ({moved}) and run again. If another "
        "version made it: see docs/how-to/publish-to-postgresql.md, on upgrading."
    )


def _is_filled(con: Connection, one: Difference) -> bool:
    empty = f'SELECT EXISTS (SELECT FROM {SCHEMA}.{one.table} WHERE "{one.column}" IS NULL)'
    return not con.execute(text(empty)).scalar()


def _describe(con: Connection) -> None:
    """Indexes that are missing, what the publisher notes, and all comments."""
    NOTES.create_all(con)
    for table in kept().values():
        for index in sorted_indexes(table):
            index.create(con, checkfirst=True)
        for comment in comments(table):
            con.exec_driver_sql(comment.replace("%", "%%"))


def _migrate(con: Connection, command: str, versions: Path) -> None:
    """Alembic's own bookkeeping: `upgrade` runs what has not run, `stamp` says that nothing has to."""
    from alembic import command as alembic
    from alembic.config import Config

    config = Config(attributes={"connection": con})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("version_locations", str(versions).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    getattr(alembic, command)(config, "head")


def _note(con: Connection) -> None:
    con.execute(declared.delete())
    con.execute(declared.insert().values(hash=_hash(con)))


def _hash(con: Connection) -> str:
    return f"{ddl_hash()} {functions.hash_of()} {views.hash_of()} {rights.hash_of(con)}"
