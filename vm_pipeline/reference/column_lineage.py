"""Lineage of columns, read off the SQL files by sqlglot, into `vm_pipeline/warehouse/lineage.json`.

    python -m vm_pipeline.reference.column_lineage

Belongs here: what each statement selects its columns from; the same for the few tables that a program makes.
Does not belong here: following columns through several statements (warehouse/lineage), the page (lineage).
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vm_pipeline.warehouse.lineage import FILE, Lineage, written
from vm_pipeline.warehouse.restated import FIGURES
from vm_pipeline.warehouse.statements import LAYERS, statements
from vm_pipeline.warehouse.tables import METADATA

if TYPE_CHECKING:
    from sqlglot import exp

Schema = Mapping[str, Mapping[str, Mapping[str, str]]]

_DIALECT = "duckdb"
_JUDGED_OF = ("num", "den", "value", "is_excluded")  # what a line, a limit and a signal are computed from


def derived() -> Lineage:
    """Of every statement's target, and of what is made of the points between marts and signals."""
    schema = schema_of_all()
    found: dict[str, Mapping[str, tuple[str, ...]]] = {}
    for layer in LAYERS:
        for one in statements(layer):
            table = METADATA.tables.get(one.target)
            columns = [c.name for c in table.columns] if table is not None else [*schema["core"][one.name]]
            found[one.target] = of_select(one.sql, columns, schema)
    return found | _by_program(schema)


def of_select(sql: str, columns: list[str], schema: Schema) -> dict[str, tuple[str, ...]]:
    """By column of a SELECT: the columns of tables its value is computed from."""
    from sqlglot.lineage import lineage

    tree = _plain(sql, schema)
    nodes = lineage(None, tree, schema=dict(schema), dialect=_DIALECT)
    return {name: tuple(sorted(set(_leaves(nodes[name])))) for name in columns}


def _leaves(node: Any) -> Iterator[str]:
    from sqlglot import exp

    for one in node.walk():
        if not one.downstream and isinstance(one.source, exp.Table):
            name = exp.to_column(one.name).name
            yield f"{one.source.db}.{one.source.name}.{name}"


def _plain(sql: str, schema: Schema) -> "exp.Expr":
    """A statement in which every column names its table, and unions go by place."""
    from sqlglot import exp, parse_one
    from sqlglot.optimizer.qualify import qualify

    tree = parse_one(sql, dialect=_DIALECT)
    for every in list(tree.find_all(exp.Columns)):  # coalesce(COLUMNS(*), 0) is each column, under its own name
        _projection(every).replace(every.this)
    tree = qualify(tree, schema=dict(schema), dialect=_DIALECT, validate_qualify_columns=False)
    for union in tree.find_all(exp.SetOperation):
        if union.args.get("by_name"):
            names = list(dict.fromkeys([*union.left.named_selects, *union.right.named_selects]))
            _in_order(union.left, names)
            _in_order(union.right, names)
    return tree


def _projection(node: "exp.Expr") -> "exp.Expr":
    from sqlglot import exp

    select = node.find_ancestor(exp.Select)
    while node.parent is not select and node.parent is not None:
        node = node.parent
    return node


def _in_order(side: "exp.Query", names: list[str]) -> None:
    """Select these names in this order; one that is not there is nothing."""
    from sqlglot import exp

    if side.named_selects == names:
        return
    there = {one.alias_or_name: one for one in side.selects}
    side.set("expressions", [there.get(name) or exp.alias_(exp.null(), name) for name in names])


def _by_program(schema: Schema) -> dict[str, dict[str, tuple[str, ...]]]:
    """Tables that are no SELECT of a file: points after they were judged, and the figures of two landings."""
    points, core = "core.signal_point", schema["core"]
    computed = tuple(f"{points}.{name}" for name in _JUDGED_OF)
    given = set(core["signal_point"]) - {"value"}
    judged = {name: (f"{points}.{name}",) if name in given else computed for name in core["judged_point"]}
    published = {
        name: (f"core.{table}.{name}",)
        for table in ("judged_point", "signal_series")
        for name in core[table]
        if name in core["as_published"]
    }
    figures = of_select(FIGURES, [*core["figure_now"]], schema)
    return {
        "core.judged_point": judged,
        "core.as_published": {**published, "published_at": ("staging.version.received_at",)},
        "core.figure_before": figures,
        "core.figure_now": figures,
    }


def schema_of_all() -> Schema:
    """Type by schema, table and column, of a warehouse of nothing."""
    import duckdb

    from vm_pipeline.sources.landing import Landing
    from vm_pipeline.staging.batches import Staging
    from vm_pipeline.staging.known import what_is_known
    from vm_pipeline.warehouse.as_published import Landed
    from vm_pipeline.warehouse.build import build_core, build_marts, build_signals, judge
    from vm_pipeline.warehouse.workspace import open_workspace

    def columns(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, dict[str, str]]]:
        rows = con.execute(
            "SELECT if(database_name = 'warehouse', schema_name, database_name), table_name, column_name, data_type "
            "FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
        ).fetchall()
        found: dict[str, dict[str, dict[str, str]]] = {}
        for place, table, column, kind in rows:
            found.setdefault(place, {}).setdefault(table, {})[column] = kind
        return found

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        staging = Staging(root / "staging", Landing(root / "landing"), "k" * 32, threads=1)
        nothing = what_is_known([], staging, [])
        with open_workspace(root / "nothing.duckdb", threads=1) as con:
            build_core(con, nothing, staging, "SCT")
            build_marts(con)
            judge(con)
            moment = "2026-01-01T00:00:00+00:00"
            build_signals(con, root / "kept", [Landed(moment, "", lambda: nothing.versions, lambda: nullcontext(con))])
            return columns(con)


if __name__ == "__main__":
    FILE.write_text(written(derived()), encoding="utf-8", newline="\n")
