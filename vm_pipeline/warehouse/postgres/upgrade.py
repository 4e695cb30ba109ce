"""An older warehouse brought to the schema of this version, in place: reports keep their views and grants.

Belongs here: what follows from the declarations by itself (new tables, columns, indexes, comments, rights), and running
the steps that do not (migrations). Does not belong here: filling anything (publish).

A column that must be filled is added as one that may be empty; once a night has filled it, it is required.
"""

from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateColumn

from vm_pipeline.warehouse.postgres import functions, rights, views
from vm_pipeline.warehouse.postgres.address import opened
from vm_pipeline.warehouse.postgres.alone import alone
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
from vm_pipeline.warehouse.postgres.shape import ALWAYS_THERE, NEW_COLUMN, NEW_TABLE, Difference, differences, found
from vm_pipeline.warehouse.postgres.shape import declared as shapes
from vm_pipeline.warehouse.tables import SCHEMA
from vm_pipeline.warehouse.workspace import comments

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(address: str) -> bool:
    """Bring the warehouse at an address up to date; made, empty, where there is none. True where something was done.

    What is there is looked at, whatever was noted: somebody may have taken a column away. Raises WarehouseRefused.
    """
    with opened(address) as con, con.begin():
        alone(con)
        if not is_created(con):
            return set_up(con)
        if differences(found(con), shapes(kept().values())):
            con.execute(declared.delete())
        return bring_up_to_date(con)


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
    _migrate(con, "upgrade", versions)
    for one in differences(found(con), shapes(kept().values())):
        _follow(con, one)
    _describe(con)
    functions.apply(con)
    views.apply(con)
    rights.apply(con)
    if not differences(found(con), shapes(kept().values())):
        _note(con)
    return True


def is_current(con: Connection) -> bool:
    """Whether nothing is left to do, as far as was noted."""
    return bool(con.execute(declared.select()).scalar() == _hash(con))


def _follow(con: Connection, one: Difference) -> None:
    """Make one difference go. Raises WarehouseRefused where rows would have to change in a way nobody described."""
    table = kept().get(one.table)
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
