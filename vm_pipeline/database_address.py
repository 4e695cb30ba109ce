"""Addresses of databases as people write them, with passwords in them.

Belongs here: reading one so that no part of a password is taken for something that may be shown.
Does not belong here: connecting (sources/query, warehouse/postgres), which databases there are.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # takes long to import, and most homes have no database
    from sqlalchemy import URL

_WRITTEN = "In a user or password `@` is written %40, `/` %2F, `:` %3A and `%` %25"


def read(text: str, what: str, expected: str) -> "URL":
    """The address as SQLAlchemy takes it. Raises ValueError, which does not quote it: a password may be in it.

    SQLAlchemy ends a password at its first `@`. What follows in `u:p@ss@host/name` would be a host that errors name.
    """
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # the latter of a port that is no number: it may be the rest of a password
        raise ValueError(f"found no {what} that can be read, expected {expected}. {_WRITTEN}.") from None
    if url.password is not None and "@" in f"{url.host}{url.database}":
        raise ValueError(f"found a second `@` in the {what}, expected {expected}. {_WRITTEN}.")
    return url
