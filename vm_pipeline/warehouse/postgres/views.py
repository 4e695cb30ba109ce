"""The views for BI tools on a server: made, described, and kept when the tables below them change.

Belongs here: CREATE VIEW as PostgreSQL wants it, and what may change of a view that reports read.
Does not belong here: which views there are (views), what they compute (sql/serving), who may read them (rights).

A view reads with the rights of whoever asks (`security_invoker`): policies of the tables hold through it. It is
replaced in place, so grants on it and views of it stay. A migration that takes away or retypes a column that a view
reads begins by dropping the view: it is made again right after.
"""

from sqlalchemy import Connection, inspect, text

from vm_pipeline.warehouse.made_from import name_of
from vm_pipeline.warehouse.postgres.refused import WarehouseRefused
from vm_pipeline.warehouse.postgres.shape import Shape, declared, differences, word
from vm_pipeline.warehouse.tables import SCHEMA
from vm_pipeline.warehouse.views import VIEWS, create_view, in_order
from vm_pipeline.warehouse.workspace import comments

_AS_INVOKER = "WITH (security_invoker = true)"


def apply(con: Connection) -> None:
    """Make or replace every view. Raises WarehouseRefused where one lacks, or has retyped, what reports read."""
    there = _found(con)
    wanted = {name: one for name, one in declared(VIEWS).items() if name in there}
    broken = [one for one in differences(there, wanted) if one.breaks]
    if broken:
        raise WarehouseRefused(
            f"found a view of another version ({broken[0]}), expected a migration that drops it. "
            "See docs/how-to/publish-to-postgresql.md, on upgrading."
        )
    for view in in_order():
        before = there[view.name].columns if view.name in there else {}
        order = tuple(dict.fromkeys([*before, *view.columns.keys()]))  # columns are added at the end, or not at all
        con.exec_driver_sql(_escaped(create_view(view, order, _AS_INVOKER)))
        for comment in comments(view, "VIEW"):
            con.exec_driver_sql(_escaped(comment))


def hash_of() -> str:
    """Changes when other views would be made."""
    return name_of(part for view in in_order() for part in (create_view(view), *comments(view, "VIEW")))


def _found(con: Connection) -> dict[str, Shape]:
    """Of the declared views those that are there, in the order of their columns. A view has no key to differ in."""
    rows = con.execute(
        text(
            "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(:schema) AND relkind = 'v' "
            "AND relname = ANY(:names)"
        ),
        {"schema": SCHEMA, "names": [view.name for view in VIEWS]},
    )
    keys = {name: one.key for name, one in declared(VIEWS).items()}
    seen = inspect(con)
    return {
        name: Shape(keys[name], {c["name"]: (word(c["type"]), False) for c in seen.get_columns(name, SCHEMA)})
        for name in rows.scalars()
    }


def _escaped(sql: str) -> str:
    return sql.replace("%", "%%")
