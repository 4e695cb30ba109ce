"""Who may read which published table or view, and which rows of it.

Belongs here: grants and row policies, for the roles of sql/roles where an administrator has made them.
Does not belong here: making roles (sql/roles), giving them to people.

What is not named here is for analysts alone: a new table is closed until somebody opens it. A view is for those who may
read every table it reads; policies of the tables hold through it.
"""

from collections.abc import Iterator
from fnmatch import fnmatch

from sqlalchemy import Connection, Table, text

from vm_pipeline.warehouse.made_from import name_of
from vm_pipeline.warehouse.postgres.address import has_roles
from vm_pipeline.warehouse.postgres.schema import OPS, kept
from vm_pipeline.warehouse.sql_files import sql_folder
from vm_pipeline.warehouse.statements import serving
from vm_pipeline.warehouse.tables import SCHEMA
from vm_pipeline.warehouse.tables.indicators import indicator_value
from vm_pipeline.warehouse.views import VIEWS

ANALYSTS, READERS = ("vm_analyst", "vm_provider_analyst"), ("vm_reader", "vm_provider_reader")
EVERYWHERE, OWN_ONLY = ("vm_analyst", "vm_reader", "vm_auditor"), ("vm_provider_analyst", "vm_provider_reader")
AUDITOR = "vm_auditor"

OPEN_TO_READERS = ("dim_*", "batch", "reconciliation", "indicator_*")
OPEN_TO_AUDITOR = ("batch", "rejection", "reconciliation", "dim_provider")
SMALL = 10  # a count from 1 to this can point at a person


def roles() -> str:
    """What an administrator runs once: sql/roles."""
    return "\n".join(path.read_text("utf-8") for path in sorted((sql_folder() / "roles").glob("*.sql")))


def apply(con: Connection) -> None:
    """Grants of every table and view, policies of every table; nothing where sql/roles was not run."""
    for statement in statements() if has_roles(con) else ():
        con.execute(text(statement))


def hash_of(con: Connection) -> str:
    """Changes when other rights would be applied."""
    return name_of(statements() if has_roles(con) else [])


def may_read(table: str) -> tuple[str, ...]:
    """Roles that may read a table or a view."""
    read = _read_by().get(table)
    if read:
        each = [may_read(one.removeprefix(f"{SCHEMA}.")) for one in sorted(read)]
        return tuple(role for role in each[0] if all(role in roles for roles in each))
    readers = READERS if any(fnmatch(table, one) for one in OPEN_TO_READERS) else ()
    return (*ANALYSTS, *readers, *((AUDITOR,) if table in OPEN_TO_AUDITOR else ()))


def _read_by() -> dict[str, frozenset[str]]:
    """What each view reads."""
    return {one.name: one.reads for one in serving()}


def statements() -> list[str]:
    """Every grant and policy, in an order that can be run again."""
    of_tables = (said for table in kept().values() for said in _of_table(table))
    return [*_of_notes(), *of_tables, *(said for view in VIEWS for said in _grants(view))]


def _of_notes() -> Iterator[str]:
    """Readers cannot name anything in vm_ops; a policy looks up for them which providers are theirs."""
    yield (
        f"CREATE OR REPLACE VIEW {OPS}.own_provider AS SELECT provider_code FROM {OPS}.member_provider "
        "JOIN pg_roles ON rolname = member WHERE pg_has_role(oid, 'MEMBER')"
    )
    yield f"GRANT SELECT ON {OPS}.own_provider TO {', '.join(OWN_ONLY)}"


def _grants(table: Table) -> Iterator[str]:
    name = f"{SCHEMA}.{table.name}"
    yield f"REVOKE ALL ON {name} FROM {', '.join((*ANALYSTS, *READERS, AUDITOR))}"
    yield f"GRANT SELECT ON {name} TO {', '.join(may_read(table.name))}"


def _of_table(table: Table) -> Iterator[str]:
    name = f"{SCHEMA}.{table.name}"
    yield from _grants(table)
    for policy, rule in _policies(table).items():
        yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
        yield f"DROP POLICY IF EXISTS {policy} ON {name}"
        yield f"CREATE POLICY {policy} ON {name} {rule}"


def _policies(table: Table) -> dict[str, str]:
    """Which rows: all, or those of one's own providers; and no small numbers for readers."""
    if "provider_code" not in table.columns:
        return {}
    own = f"provider_code IN (SELECT own.provider_code FROM {OPS}.own_provider AS own)"
    found = {
        "every_provider": f"FOR SELECT TO {', '.join(EVERYWHERE)} USING (true)",
        "own_provider": f"FOR SELECT TO {', '.join(OWN_ONLY)} USING ({own})",
    }
    if table.name in _SMALL_NUMBERS:
        rule = _SMALL_NUMBERS[table.name]
        found["no_small_number"] = f"AS RESTRICTIVE FOR SELECT TO {', '.join(READERS)} USING ({rule})"
    return found


_SMALL_NUMBERS = {
    "indicator_value": f"NOT coalesce(numerator > 0 AND numerator <= {SMALL}, false) "
    f"AND NOT coalesce(denominator > 0 AND denominator <= {SMALL}, false)",
    # What is drawn of a point is seen by whoever may see its value: the policy above counts within this one, too.
    "indicator_signal": f"EXISTS (SELECT FROM {SCHEMA}.indicator_value AS of WHERE "
    + " AND ".join(f"of.{one.name} = indicator_signal.{one.name}" for one in indicator_value.primary_key)
    + ")",
    # Of events one by one, every value is of one; their series tells how many there were, and on which day.
    "indicator_series": "grain <> 'event'",
}
