"""A database as a source: one query a month, landed as CSV.

Belongs here: the keys of such a source, asking, and writing the answer down so that the same answer is the same bytes.
Does not belong here: what the columns mean (staging), which database (settings).
"""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import Annotated

from pydantic import Field

from vm_pipeline.calendar import first_day, last_day, months
from vm_pipeline.keys import SECRET, Month
from vm_pipeline.sources.declared import FeedKeys
from vm_pipeline.sources.landing import Extract, Problem
from vm_pipeline.sources.receipts import Slot


@dataclass(frozen=True, kw_only=True)
class QueryKeys(FeedKeys):
    """A query."""

    query: str
    """SQL asked once a month: `:first_day`, `:last_day` (ISO) and `:provider_code` are filled in. It must order its
    rows, or every night looks changed."""
    database: Annotated[str, SECRET, Field(examples=["postgresql://host/name", "sqlite:////path/to/file.db"])]
    """Address of a database, as SQLAlchemy takes it."""
    first: Month
    """First month to ask for."""
    last: Month
    """Last month to ask for."""

    def __post_init__(self) -> None:
        """Raises ValueError, in words and without the address, where nothing can be asked."""
        from sqlalchemy import make_url
        from sqlalchemy.exc import ArgumentError

        super().__post_init__()
        try:
            make_url(self.database)
        except ArgumentError:
            expected = "an address like postgresql://host/name or sqlite:////path/to/file.db"
            raise ValueError(f"found no `database` that can be read, expected {expected}.") from None
        if self.first > self.last:
            raise ValueError(f"found first = {self.first} after last = {self.last}, expected the earlier month first.")

    @property
    def spans(self) -> tuple[tuple[str, str], ...]:
        """The months it is asked for, an extract each."""
        return tuple((month, month) for month in months(self.first, self.last))

    def source(self, base: Path, provider: str, layout: str) -> "QuerySource":
        """Of one provider, with the layout as JSON; an address has no path below `base`."""
        return QuerySource(self.feed, provider, self.database, self.query, self.first, self.last, layout, self.part)


@dataclass(frozen=True)
class QuerySource:
    """A query of one feed of one provider, asked for every month from `first` to `last`.

    `:first_day` and `:last_day` (ISO) are the month's, `:provider_code` is the provider; the query must order its rows,
    or every night looks changed.
    """

    feed: str
    provider_code: str
    url: str
    query: str
    first: str
    last: str
    layout: str = ""
    part: str = ""

    def find(self) -> tuple[list[Extract], list[Problem]]:
        """One extract a month that has rows; the database is asked once a month, when landing reads it."""
        from sqlalchemy import create_engine, text
        from sqlalchemy.exc import SQLAlchemyError

        engine = create_engine(self.url)
        found, where = [], f"{self.feed} of {self.provider_code} from {engine.url.render_as_string(hide_password=True)}"
        try:
            with engine.connect() as con:
                for period in months(self.first, self.last):
                    facts = {"first_day": first_day(period).isoformat(), "last_day": last_day(period).isoformat()}
                    answer = con.execute(text(self.query), facts | {"provider_code": self.provider_code})
                    content = _written(list(answer.keys()), [tuple(row) for row in answer])
                    if content:
                        slot = Slot(self.feed, self.provider_code, period, period, self.part)
                        found.append(Extract(slot, f"{where}, {period}", _reader(content), layout=self.layout))
        except SQLAlchemyError as error:
            kind = type(error.orig if getattr(error, "orig", None) else error).__name__  # type: ignore[attr-defined]
            return [], [
                Problem(where, f"an error ({kind})", "an answer", "Check the address, the rights and the query.")
            ]
        finally:
            engine.dispose()
        return found, []


def _written(header: list[str], rows: list[tuple[object, ...]]) -> bytes:
    """The answer as CSV; empty where it has no rows."""
    if not rows:
        return b""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(
        [header, *(["" if cell is None else cell for cell in row] for row in rows)]
    )
    return text.getvalue().encode()


def _reader(content: bytes) -> Callable[[], BufferedIOBase]:
    return lambda: io.BytesIO(content)
