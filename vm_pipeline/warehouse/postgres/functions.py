"""The macros of sql/macros as functions of a server, so that a reader's query asks the same on both engines.

Belongs here: CREATE FUNCTION out of a macro's file, and what of a function reports bind to.
Does not belong here: what they compute (sql/macros), who may read what they are given (rights).

A macro's file is DuckDB's SQL. The types PostgreSQL asks for stand beside its arguments as comments; the few words that
the engines spell differently are here. A function that lost or got an argument is another function to PostgreSQL: a
migration drops the one before, and it is made again right after.
"""

import re
from collections.abc import Iterator

from sqlalchemy import Connection

from vm_pipeline.staging.naming import literal
from vm_pipeline.warehouse.made_from import name_of
from vm_pipeline.warehouse.postgres.shape import Shape
from vm_pipeline.warehouse.statements import macros, purpose_of

_MACRO = re.compile(r"CREATE OR REPLACE MACRO (vm\.\w+)\((.*?)\)\s+AS\s+(.*)", re.DOTALL)
_ARGUMENT = re.compile(r"(\w+) /\* ([\w ]+) \*/( := [^,]+)?")
_WORDS = {"HUGEINT": "NUMERIC", "DOUBLE": "DOUBLE PRECISION", "divide": "div"}
_WORD = re.compile(rf"\b({'|'.join(_WORDS)})\b")


def apply(con: Connection) -> None:
    """Make or replace every function."""
    for statement in statements():
        con.exec_driver_sql(statement.replace("%", "%%"))


def hash_of() -> str:
    """Changes when other functions would be made."""
    return name_of(statements())


def statements() -> list[str]:
    """Every function and its comment, in an order that can be run again."""
    return [statement for sql in macros().values() for statement in _of_macro(sql)]


def shapes() -> dict[str, Shape]:
    """What reports bind to: arguments in their order, the type of each, and whether it may be left out."""
    found = {}
    for sql in macros().values():
        name, arguments, _ = _parts(sql)
        each = {one: (kind, bool(default)) for one, kind, default in _ARGUMENT.findall(arguments)}
        found[f"{name.removeprefix('vm.')}()"] = Shape(tuple(each), each)
    return found


def _of_macro(sql: str) -> Iterator[str]:
    name, arguments, body = _parts(sql)
    typed = ", ".join(
        f"{one} {kind}{default.replace(':=', 'DEFAULT')}" for one, kind, default in _ARGUMENT.findall(arguments)
    )
    said = _WORD.sub(lambda met: _WORDS[met[1]], body)
    yield (
        f"CREATE OR REPLACE FUNCTION {name}({typed}) RETURNS DOUBLE PRECISION "
        f"LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN {said}"
    )
    yield f"COMMENT ON FUNCTION {name} IS {literal(purpose_of(sql))}"


def _parts(sql: str) -> tuple[str, str, str]:
    """Name, arguments and body of a macro."""
    found = _MACRO.search(sql)
    if found is None:
        raise ValueError("found a file of sql/macros without CREATE OR REPLACE MACRO vm.…(…) AS, expected one")
    return found[1], found[2], found[3].strip()
