"""What a database says where it does not answer, told in words of ours: found, expected, what to do.

Belongs here: errors of the drivers by their codes, and what may be quoted of them.
Does not belong here: asking (query).

Their texts may show a password, an address, a cell, a literal of the statement. They are searched, and never told: only
names of columns, tables and functions are taken out of them, where a code says that such a name is what is wrong.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vm_pipeline.sources.extract import NotReceived

_NAME = re.compile(
    r"(?:(?:unknown )?column|relation|function|table|schema|view) ['\"`]?(\w+(?:\.\w+)*)|no such \w+: (\w+(?:\.\w+)*)",
    re.IGNORECASE,
)
_CLOSEST = re.compile(r'"([\w.]+)"')


@dataclass(frozen=True)
class _Trouble:
    """A kind of trouble: codes of drivers (SQLSTATE, MariaDB's numbers), or phrases in their texts, that tell it."""

    codes: frozenset[str]
    phrases: tuple[str, ...]
    found: str
    expected: str
    remedy: str


def _trouble(codes: str, phrases: str, found: str, expected: str, remedy: str) -> _Trouble:
    return _Trouble(frozenset(codes.split()), tuple(filter(None, phrases.split("|"))), found, expected, remedy)


_DATABASE, _QUERY = "`database` of this source in vm.toml", "`query` of this source in vm.toml"
_TROUBLES = (  # the first that fits
    _trouble(
        "28P01 28000 1045 1698",
        'password authentication failed|no password supplied|no pg_hba.conf entry|fatal:  role "',
        "that it does not let this user in",
        "a user and a password that are right",
        f"Correct {_DATABASE}, or the variable it takes them from; or ask who runs the database.",
    ),
    _trouble(
        "3D000 1049",
        'unable to open database file|file is not a database|fatal:  database "',
        "no database of that name",
        "the one that is named",
        f"Correct {_DATABASE}.",
    ),
    _trouble(
        "2005",
        "could not translate host name|name or service not known|failed to resolve host|nodename nor servname",
        "no server of that name",
        "one",
        f"Correct {_DATABASE}; or does this machine reach its name server?",
    ),
    _trouble(
        "2002 2003 57P03",
        "connection refused|no such file or directory|timeout expired|no route to host|network is unreachable",
        "no server that answers there",
        "one",
        f"Is it up, and does a firewall let this machine through? Otherwise correct {_DATABASE}.",
    ),
    _trouble(
        "42703 1054",
        "no such column",
        "no column{name}",
        "the columns that the query names",
        f"Correct {_QUERY}, or ask who runs the database what it is called now.",
    ),
    _trouble(
        "42P01 3F000 1146",
        "no such table",
        "no table{name}",
        "the tables that the query names",
        f"Correct {_QUERY}, or ask who runs the database what it is called now.",
    ),
    _trouble(
        "42883 1305 1630",
        "no such function|wrong number of arguments to function",
        "no function{name} for such values",
        "functions that this database has",
        f"Correct {_QUERY}.",
    ),
    _trouble(
        "42501 1142 1143 1044",
        "",
        "that this user may not read{name}",
        "the right to read what the query names",
        "Ask who runs the database to grant it.",
    ),
    _trouble(
        "25006 1792",
        "readonly database",
        "a query that changes something",
        "one that only reads",
        f"Correct {_QUERY}.",
    ),
    _trouble(
        "57014 3024 1969",
        "read operation timed out|timed out",
        "no answer within {patience} s",
        "rows in that time",
        "Ask at another hour, make the query faster, or raise `patience`.",
    ),
    _trouble(
        "",
        "database is locked",
        "a database that another program writes",
        "one that can be read",
        "Run again when it has ended.",
    ),
    _trouble(
        "42601 1064",
        "syntax error|incomplete input|one statement at a time",
        "SQL that this database does not take",
        "one SELECT",
        f"Correct {_QUERY}; try it in a client of the database.",
    ),
    _trouble(
        "57P01 2006 2013 08006 08003",
        "server closed the connection|connection reset",
        "a connection that broke off",
        "the whole answer",
        "Run again. If it stays so, ask who runs the database.",
    ),
)


def refused(error: Exception, patience: int) -> NotReceived:
    """Why there is no answer. A value that one month's rows hold is that month's trouble, all else the source's."""
    from sqlalchemy.exc import DataError, DBAPIError

    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    codes, text = set(_codes(cause)), str(cause)
    kind = " ".join([type(cause).__name__, *(code for code in codes if code.isdigit() and not _state(cause))])
    for one in _TROUBLES:
        if one.codes & codes or any(phrase in text.lower() for phrase in one.phrases):
            found = one.found.format(name=_name(cause, text), patience=patience)
            return NotReceived(f"{found} ({kind})", one.expected, one.remedy, everywhere=True)
    remedy = f"Try {_QUERY} for this month in a client of the database."
    return NotReceived(f"an error ({kind})", "an answer", remedy, everywhere=not isinstance(error, DataError))


def _codes(cause: BaseException) -> Iterator[str]:
    """SQLSTATE, MariaDB's number."""
    if state := _state(cause):
        yield state
    yield from (str(one) for one in cause.args[:1] if isinstance(one, int))


def _state(cause: BaseException) -> str:
    return str(getattr(cause, "sqlstate", None) or "")


def _name(cause: BaseException, text: str) -> str:
    """What is not there, as the query names it, and the closest there is where the server says so."""
    match = _NAME.search(text.partition("\n")[0])
    if not match:
        return ""
    hint = _CLOSEST.search(getattr(getattr(cause, "diag", None), "message_hint", None) or "")
    return f" {match[1] or match[2]!r}" + (f"; the closest is {hint[1]!r}" if hint else "")
