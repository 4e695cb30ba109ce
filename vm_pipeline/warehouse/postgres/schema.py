"""The schema as PostgreSQL keeps it: the declared tables, partitioned and indexed, and what the publisher notes.

Belongs here: everything CREATE; the schema `vm_ops`, which readers do not see.
Does not belong here: columns, keys and comments (tables), changing what is there (upgrade), rights (rights).
"""

from functools import cache

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    func,
    inspect,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from vm_pipeline.warehouse.made_from import name_of
from vm_pipeline.warehouse.postgres.parts import bounds, time_of
from vm_pipeline.warehouse.tables import SCHEMA, TABLES

OPS = "vm_ops"
NOTES = MetaData(schema=OPS)

publication = Table(
    "publication",
    NOTES,
    Column("number", Integer, Identity(), primary_key=True),
    Column("inputs", String, nullable=False, comment="Hash of every version known and of the code."),
    Column("as_of", String, nullable=False, comment="Time up to which receipts count, UTC."),
    Column("code", String, nullable=False, comment="Changes when the same receipts give another warehouse."),
    Column("published_at", DateTime(timezone=True), nullable=False, server_default=func.now(), comment="When."),
    comment="One row a night published; the last is what readers see.",
)
content = Table(
    "content",
    NOTES,
    Column("table_name", String, primary_key=True, comment="Published table."),
    Column("part", String, primary_key=True, comment="Month, or year of cost brought forward; empty = all of it."),
    Column("rows", BigInteger, nullable=False, comment="Rows of it."),
    Column("digest", String, nullable=False, comment="Sums of their hashes: the same for the same rows."),
    comment="One row a published part: what stands there, so that only what changed is written.",
)
declared = Table(
    "declared",
    NOTES,
    Column("hash", String, primary_key=True, comment="Of DDL and rights as last applied."),
    comment="One row: whether the schema is the one of this version.",
)
member_provider = Table(
    "member_provider",
    NOTES,
    Column("member", String, primary_key=True, comment="A role that logs in, or a group of them."),
    Column("provider_code", String, primary_key=True, comment="A provider whose rows it may see."),
    comment="Which providers members of vm_provider_analyst and vm_provider_reader may see.",
)


@cache
def kept() -> dict[str, Table]:
    """Every published table as PostgreSQL keeps it, by name."""
    metadata = MetaData(schema=SCHEMA)
    return {table.name: _kept(table, metadata) for table in TABLES}


def _kept(table: Table, metadata: MetaData) -> Table:
    """The declared table; its key takes in what it is partitioned by, as PostgreSQL asks."""
    copy = table.to_metadata(metadata)
    time = time_of(table)
    if time:
        copy.dialect_options["postgresql"]["partition_by"] = f"{_method(time)} ({time})"
        copy.columns[time].primary_key = True
        copy.append_constraint(PrimaryKeyConstraint(*dict.fromkeys([*table.primary_key.columns.keys(), time])))
    for columns in _asked(table):
        Index(f"{table.name}_{'_'.join(columns)}", *(copy.columns[name] for name in columns))
    return copy


def _method(time: str) -> str:
    return "LIST" if time == "financial_year" else "RANGE"


def _asked(table: Table) -> list[tuple[str, ...]]:
    """Indexes beside the key: of a team over time, and of a month, which publishing needs as well."""
    month = next((name for name in ("period", time_of(table)) if name in table.columns), "")
    if not time_of(table):
        return []
    return [(month,), ("team_code", month)] if "team_code" in table.columns else [(month,)]


def create(con: Connection) -> None:
    """Everything, where nothing is."""
    for schema in (SCHEMA, OPS):
        create_schema(con, schema)
    NOTES.create_all(con)
    for table in kept().values():
        table.create(con)


def create_schema(con: Connection, name: str) -> None:
    """A schema, unless an administrator made it: then it takes no right to make schemas."""
    if name not in inspect(con).get_schema_names():
        con.execute(text(f"CREATE SCHEMA {name}"))


def is_created(con: Connection) -> bool:
    """Whether a warehouse is there."""
    return bool(con.execute(text(f"SELECT to_regclass('{OPS}.declared') IS NOT NULL")).scalar())


def partition(table: str, year: str) -> str:
    """The name of a partition: out of readers' sight, who read the table it belongs to."""
    return f"{OPS}.{table}_{year.replace('/', '_')}"


def make_partition(con: Connection, table: Table, year: str) -> None:
    """A partition that nobody sees yet. It has no index: attaching builds them at once from all rows."""
    con.execute(text(f"CREATE TABLE {partition(table.name, year)} (LIKE {SCHEMA}.{table.name} INCLUDING COMMENTS)"))


def attach_partition(con: Connection, table: Table, year: str) -> None:
    """Make it part of its table, without stopping readers."""
    name = partition(table.name, year)
    con.execute(text(f"ALTER TABLE {SCHEMA}.{table.name} ATTACH PARTITION {name} {bounds(table, year)}"))


def partitions(con: Connection) -> set[str]:
    """Names of all partitions there are."""
    found = con.execute(
        text(
            f"SELECT inhrelid::regclass::text FROM pg_inherits i JOIN pg_class c ON c.oid = inhparent "
            f"WHERE relnamespace = to_regnamespace('{SCHEMA}') AND relkind = 'p'"
        )
    )
    return set(found.scalars())


def ddl_hash() -> str:
    """Changes when a declared table would be kept in another way."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    parts = [str(CreateTable(table).compile(dialect=dialect)) for table in kept().values()]
    parts += [str(CreateIndex(one).compile(dialect=dialect)) for t in kept().values() for one in sorted_indexes(t)]
    parts += [f"{column}{column.comment}" for table in kept().values() for column in table.columns]
    return name_of(parts)


def sorted_indexes(table: Table) -> list[Index]:
    """Indexes of a table, by name."""
    return sorted(table.indexes, key=lambda index: str(index.name))
