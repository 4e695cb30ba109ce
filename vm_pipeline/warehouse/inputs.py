"""What core reads: versions and typed batches in force, reference tables, the calendar, the scales.

Belongs here: putting the inputs under the names the SQL files use (`staging.<name>`).
Does not belong here: which version is in force (receipts), joining anything (sql/core).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

import duckdb

from vm_pipeline.calendar import (
    LONDON,
    financial_quarter,
    financial_year,
    first_day,
    is_working_day,
    last_day,
    ledger_period,
    month_number,
    period_of,
    quarter_name,
    week_start,
)
from vm_pipeline.feeds import FEEDS, contract_for
from vm_pipeline.feeds.survey import SCALES
from vm_pipeline.indicators.catalogue import input_tables
from vm_pipeline.sources.receipts import Version
from vm_pipeline.staging.batches import Staging
from vm_pipeline.staging.known import Known
from vm_pipeline.staging.reading import readable
from vm_pipeline.staging.stored import HEAD, stored_columns
from vm_pipeline.staging.summary import Summary


def put_inputs(con: duckdb.DuckDBPyConnection, known: Known, staging: Staging, nation: str) -> None:
    """Create every `staging.<name>` that does not depend on reference tables' soundness."""
    _put_versions(con, known)
    for feed in FEEDS:
        put_feed(con, feed, known.in_force(feed), staging)
    _put_calendar(con, known, nation)
    _put(
        con,
        "scale",
        _SCALE,
        [(scale, said, score) for scale, all_of_it in SCALES.items() for said, score in all_of_it.items()],
    )
    for name, (columns, rows) in input_tables().items():
        _put(con, name, columns, [tuple(cell if cell != "" else None for cell in row) for row in rows])
    _put(con, "known", "known_day DATE", [(known_day(known),)])
    _put(con, "heard", _HEARD, _heard(known))


def put_feed(con: duckdb.DuckDBPyConnection, feed: str, versions: Iterable[Version], staging: Staging) -> None:
    """A view over the typed Parquet of some versions of a feed."""
    con.execute(f"CREATE OR REPLACE VIEW staging.{feed} AS {feed_rows(feed, versions, staging)}")


def feed_rows(feed: str, versions: Iterable[Version], staging: Staging) -> str:
    """SELECT of the rows of some versions of a feed, also of none."""
    paths = sorted({readable(path) for path in staging.all_accepted([version.receipt for version in versions])})
    return f"SELECT * FROM read_parquet([{', '.join(paths)}])" if paths else _no_rows(feed)


def _no_rows(feed: str) -> str:
    kinds = HEAD | {column.name: column.type for column in stored_columns(contract_for(feed))}
    columns = ", ".join(f"NULL::{kind or 'INTEGER'} AS {name}" for name, kind in kinds.items())
    return f"SELECT {columns} WHERE false"


def _put(con: duckdb.DuckDBPyConnection, name: str, columns: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Rows as `staging.<name>`, of declared columns. As text, in one statement: row by row takes seconds a thousand."""
    con.execute(f"CREATE OR REPLACE TABLE staging.{name} ({columns})")
    if rows:
        texts = [[None if cell is None else str(cell) for cell in column] for column in zip(*rows, strict=True)]
        con.execute(f"INSERT INTO staging.{name} SELECT {', '.join(['unnest(?::VARCHAR[])'] * len(texts))}", texts)


def _put_versions(con: duckdb.DuckDBPyConnection, known: Known) -> None:
    found = [(version, summary) for version in known.versions if (summary := known.summary(version))]
    by_content = {summary.content_id: summary for _, summary in found}
    rules = [(s.content_id, r.rule_code, r.rows, r.amount) for s in by_content.values() for r in s.rejections]
    _put(con, "version", _VERSION, [_version_row(version, known.summary(version)) for version in known.versions])
    _put(con, "month_in_force", _MONTH_IN_FORCE, _months_in_force(known.versions))
    _put(con, "rule_found", _RULE, rules)
    _put(con, "period_found", _PERIOD, [row for version, summary in found for row in _period_rows(version, summary)])


def _period_rows(version: Version, found: Summary) -> Iterator[tuple[object, ...]]:
    whose = (version.batch_id, version.receipt.slot.provider_code)
    for one in found.periods:
        yield (*whose, one.financial_year, one.period, one.rows, one.received, one.accepted, one.control)


_VERSION = (
    "content_id VARCHAR, batch_id VARCHAR, feed VARCHAR, provider_code VARCHAR, period VARCHAR, part VARCHAR, "
    "sha256 VARCHAR, "
    "received_at TIMESTAMP, superseded_at TIMESTAMP, is_in_force BOOLEAN, rows_received BIGINT, rows_accepted BIGINT, "
    "rows_rejected BIGINT, amount_received_gbp DECIMAL(18,2), amount_accepted_gbp DECIMAL(18,2), "
    "amount_rejected_gbp DECIMAL(18,2), contract_version VARCHAR, refused_because VARCHAR, is_year_to_date BOOLEAN, "
    "withdrawn_at TIMESTAMP, withdrawn_because VARCHAR, is_purged BOOLEAN"
)
_MONTH_IN_FORCE = "content_id VARCHAR, batch_id VARCHAR, provider_code VARCHAR, batch_month INTEGER"
_RULE = "content_id VARCHAR, rule_code VARCHAR, rows BIGINT, amount_gbp DECIMAL(18,2)"
_PERIOD = (
    "batch_id VARCHAR, provider_code VARCHAR, financial_year VARCHAR, ledger_period VARCHAR, rows BIGINT, "
    "received_gbp DECIMAL(18,2), accepted_gbp DECIMAL(18,2), control_total_gbp DECIMAL(18,2)"
)
_HEARD = "feed VARCHAR, provider_code VARCHAR, part VARCHAR, known_day DATE, last_day DATE"
_SCALE = "scale VARCHAR, answer VARCHAR, score BIGINT"
_DAY = (
    "date DATE, period VARCHAR, week_start DATE, iso_year BIGINT, iso_week BIGINT, financial_year VARCHAR, "
    "financial_quarter BIGINT, quarter_name VARCHAR, ledger_period BIGINT, is_working_day BOOLEAN"
)
_MONTH = "month_number BIGINT, period VARCHAR"
_LEDGER_MONTH = "year BIGINT, ledger_period BIGINT, financial_year VARCHAR, period VARCHAR"


def _version_row(version: Version, found: Summary | None) -> tuple[object, ...]:
    receipt = version.receipt
    received, accepted = (found.received, found.accepted) if found else (None, None)
    rejected = received - accepted if received is not None and accepted is not None else None
    return (
        receipt.content_id,
        version.batch_id,
        receipt.slot.feed,
        receipt.slot.provider_code,
        receipt.slot.period,
        receipt.slot.part,
        receipt.sha256,
        _naive(receipt.received_at),
        _naive(version.superseded_at),
        version.in_force,
        *((found.rows_received, found.rows_accepted, found.rows_rejected) if found else (0, 0, 0)),
        received,
        accepted,
        rejected,
        found.contract_version if found else "",
        (found.refused_because or None) if found else None,
        bool(found and found.year_to_date),
        _naive(version.decision.received_at) if version.decision else None,
        version.decision.reason if version.decision else None,
        version.purged,
    )


def known_day(known: Known) -> date | None:
    """The day in London of the last receipt in force: what is open or final is judged on it, never by the clock."""
    moments = [version.receipt.received_at for version in known.versions if version.in_force]
    return _in_london(max(moments)) if moments else None


def _heard(known: Known) -> list[tuple[object, ...]]:
    """(feed, provider, system, day in London of its last receipt in force, last day of its months in force)."""
    found: dict[tuple[str, str, str], list[Version]] = defaultdict(list)
    for version in known.versions:
        if version.in_force and version.receipt.slot.feed in FEEDS:
            slot = version.receipt.slot
            found[slot.feed, slot.provider_code, slot.part].append(version)
    return [
        (
            *system,
            _in_london(max(version.receipt.received_at for version in some)),
            last_day(max(month for version in some for month in version.months_in_force)),
        )
        for system, some in sorted(found.items())
    ]


def _in_london(moment: str) -> date:
    return datetime.fromisoformat(moment).astimezone(LONDON).date()


def _naive(moment: str) -> str | None:
    """UTC without its offset, as published."""
    return moment.removesuffix("+00:00") or None


def _months_in_force(versions: Sequence[Version]) -> list[tuple[object, ...]]:
    """(content, batch, provider, month) in force."""
    return [
        (v.receipt.content_id, v.batch_id, v.receipt.slot.provider_code, month_number(month))
        for v in versions
        if v.receipt.slot.first_period
        for month in v.months_in_force
    ]


def _put_calendar(con: duckdb.DuckDBPyConnection, known: Known, nation: str) -> None:
    """Days of the financial years in which any version in force lies; months and ledger periods of every year."""
    periods = sorted(month for v in known.versions for month in v.months_in_force if month)
    days = _days(periods[0], periods[-1], nation) if periods else []
    _put(con, "day", _DAY, days)
    _put(con, "month", _MONTH, [(number, period_of(number)) for number in range(1900 * 12, 2200 * 12)])
    _put(con, "ledger_month", _LEDGER_MONTH, _ledger_months())


def _days(first: str, last: str, nation: str) -> list[tuple[object, ...]]:
    start, end = first_day(first), last_day(last)
    start = date(start.year - (start.month < 4), 4, 1)  # noqa: PLR2004 - April
    end = date(end.year + (end.month >= 4), 3, 31)  # noqa: PLR2004
    days = (start + timedelta(days=n) for n in range((end - start).days + 1))
    return [_day(day, is_working_day(day, nation)) for day in days]


def _day(day: date, works: bool) -> tuple[object, ...]:
    iso = day.isocalendar()
    week = (week_start(day), iso.year, iso.week)
    year = (financial_year(day), financial_quarter(day), quarter_name(day), ledger_period(day))
    return (day, f"{day:%Y-%m}", *week, *year, works)


def _ledger_months() -> list[tuple[object, ...]]:
    """The month of every ledger period of every year: none for 0 (brought forward), March for 13 and 14."""
    return [
        (year, period, financial_year(date(year, 4, 1)), period_of(year * 12 + 2 + min(period, 12)) if period else None)
        for year in range(1900, 2200)
        for period in range(15)
    ]
