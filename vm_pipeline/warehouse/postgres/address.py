"""The address of a PostgreSQL warehouse: opened, shown without its password, and what went wrong put in words.

Belongs here: connections, and errors of the server as a person can read them.
Does not belong here: statements.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from vm_pipeline import database_address
from vm_pipeline.warehouse.postgres.refused import WarehouseRefused
from vm_pipeline.warehouse.tables import SCHEMA

SCHEMES = ("postgresql", "postgresql+psycopg")
OWNER = "vm_owner"
_EXPECTED = "postgresql+psycopg://user@host/name"
_SHOWN = ("host", "port", "service")  # of what may stand behind the question mark; the rest may be a secret
_ENCODING = "UTF8"
# Whatever an administrator has set for all who read here. A publisher looks again once it has waited for another one,
# which a transaction with one snapshot could not.
_SESSION = (
    "-c timezone=UTC -c datestyle=ISO -c standard_conforming_strings=on -c search_path=pg_catalog "
    r"-c default_transaction_isolation=read\ committed -c default_transaction_read_only=off"
)
# Limits that are meant for readers: a night takes as long as it takes, as pg_dump does. The names this server knows.
_LIMITS = (
    "SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN ('statement_timeout', 'transaction_timeout', "
    "'idle_session_timeout', 'idle_in_transaction_session_timeout')"
)
_ABSENT = "found that {said}, expected the tables of this version. `vm-pipeline upgrade`."
_KNOWN = {  # by SQLSTATE
    "55P03": "found a lock that another session kept for too long, expected it to end. Try again, or end it.",
    "42501": "found that {said}, expected it to be given by sql/roles, see `vm-pipeline roles`.",
    "2BP01": "found that {said} ({why}), expected nothing to need it any more.",
    "53100": "found no room left on the server's disk, expected room for a night. Free some there, and run again.",
    "42703": _ABSENT,
    "42P01": _ABSENT,
}
_OF_CELLS = ("22", "23")  # SQLSTATE classes whose messages quote what stands in a cell


def parsed(address: str) -> URL:
    """The address as SQLAlchemy takes it. Raises ValueError, which does not quote it: a password may be in it."""
    url = database_address.read(address, "address", _EXPECTED)
    if url.drivername not in SCHEMES:
        raise ValueError(f"found {url.drivername}://…, expected {_EXPECTED}.")
    return url.set(drivername="postgresql+psycopg")


def shown(address: str) -> str:
    """The address for people and logs: no password, and nothing that could be one."""
    url = parsed(address)
    kept = {name: value for name, value in url.query.items() if name in _SHOWN}
    bare = URL.create(url.drivername, url.username, host=url.host, port=url.port, database=url.database, query=kept)
    return bare.render_as_string()


@contextmanager
def opened(address: str, row_security: bool = True) -> Iterator[Connection]:
    """A connection, as the owner of the warehouse where the login may act as it.

    With `row_security` off a question that would see only some rows fails. Raises WarehouseRefused.
    """
    url = parsed(address)
    engine = create_engine(url, poolclass=NullPool, connect_args=_settings(url))
    with in_words(address), engine.connect() as con:
        _expect_all_letters(con, address)
        con.execute(text(_LIMITS))
        _act_as_owner(con)
        if not row_security:
            con.execute(text("SET row_security = off"))
        con.commit()
        yield con


def _settings(url: URL) -> dict[str, object]:
    """Of a session, beside what the address says; of `options`, ours are last and hold."""
    given = url.query.get("options", "")
    options = " ".join([*((given,) if isinstance(given, str) else given), _SESSION])
    own = {"application_name": "vm-pipeline", "connect_timeout": 10}
    return {name: one for name, one in own.items() if name not in url.query} | {
        "client_encoding": _ENCODING,
        "options": options,
    }


def has_roles(con: Connection) -> bool:
    """Whether sql/roles was run here. Roles belong to all databases of a server; whom a schema belongs to, to one."""
    owned = "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = :schema AND nspowner = to_regrole(:owner))"
    return bool(con.execute(text(owned), {"schema": SCHEMA, "owner": OWNER}).scalar())


def _expect_all_letters(con: Connection, address: str) -> None:
    """Every name and text of every sender has to fit. Raises WarehouseRefused."""
    encoding = con.execute(text("SHOW server_encoding")).scalar()
    if encoding != _ENCODING:
        raise WarehouseRefused(
            f"{shown(address)}: found a database in the encoding {encoding}, expected {_ENCODING}. "
            f"Make it anew: `createdb -T template0 -E {_ENCODING} …`."
        )


def _act_as_owner(con: Connection) -> None:
    if has_roles(con) and con.execute(text("SELECT pg_has_role(:owner, 'MEMBER')"), {"owner": OWNER}).scalar():
        con.execute(text(f"SET ROLE {OWNER}"))


@contextmanager
def in_words(address: str) -> Iterator[None]:
    """Errors of the server become WarehouseRefused."""
    import psycopg

    try:
        yield
    except DBAPIError as error:
        cause = error.orig
        raise WarehouseRefused(f"{shown(address)}: {_said(cause)}") from None
    except psycopg.Error as error:
        raise WarehouseRefused(f"{shown(address)}: {_said(error)}") from None


def _said(error: BaseException | None) -> str:
    """What the server says, without a cell: of values that do not fit only the code and the place."""
    import psycopg

    if not isinstance(error, psycopg.Error) or error.sqlstate is None:
        return f"found no server that lets us in ({_last_line(error)}), expected one. Check the address and the server."
    found = error.diag
    if error.sqlstate in _KNOWN:
        return _KNOWN[error.sqlstate].format(said=found.message_primary, why=found.message_detail)
    if error.sqlstate[:2] in _OF_CELLS:
        where = ", ".join(filter(None, (found.table_name, found.column_name, found.constraint_name)))
        return f"found a row that does not fit (SQLSTATE {error.sqlstate}, {where or 'place not told'}), expected none."
    return f"found that {found.message_primary} (SQLSTATE {error.sqlstate}), expected it to work."


def _last_line(error: BaseException | None) -> str:
    """What it says last, but for how it goes on, indented (`Is the server running on that host …?`)."""
    said = [line.strip() for line in str(error).splitlines() if line.strip() and not line.startswith("\t")]
    return said[-1] if said else "it said nothing"
