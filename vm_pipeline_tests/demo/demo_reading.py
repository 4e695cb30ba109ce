"""A second, small reader of the canonical feeds, written from the description of the feeds and not from the pipeline.

Belongs here: reading a sent file and judging its rows, so that tests do not trust the code that wrote them.
Does not belong here: assertions.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

Cells = dict[str, str]
TRANSACTIONS = ("I", "R", "D")
_GROUPED = r"(\d{1,3}(,\d{3})+|\d+)(\.\d{1,2})?"
_PLAIN = re.compile(rf"(-)?£?({_GROUPED})(-|CR|DR)?")
_BRACKETS = re.compile(rf"\(£?({_GROUPED})\)")
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]


def read(path: Path) -> list[Cells]:
    """Rows of a sent file as trimmed text."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    delimiter = ";" if ";" in text.splitlines()[0] else ","
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [{name: cell.strip() for name, cell in row.items()} for row in rows]


@cache
def extracts(folder: Path, feed: str) -> list[tuple[str, str, list[Cells]]]:
    """Provider, month and rows of every extract of a feed, in order of provider and month; read once for all tests."""
    paths = sorted((folder / feed).glob("*/????-??.csv"))
    return [(path.parent.name, path.stem, read(path)) for path in paths]


def control_of(folder: Path, feed: str, provider: str, month: str) -> list[Cells] | None:
    """Rows of the control file beside an extract."""
    path = folder / feed / provider / f"{month}.control.csv"
    return read(path) if path.exists() else None


def pence(text: str) -> int | None:
    """An amount in pence, or None where its spelling is not one of the accepted."""
    if match := _BRACKETS.fullmatch(text):
        return -_digits(match[1])
    match = _PLAIN.fullmatch(text)
    if not match or (match[1] and match[6]):
        return None
    return -_digits(match[2]) if match[1] or match[6] in ("-", "CR") else _digits(match[2])


def _digits(text: str) -> int:
    whole, _, part = text.replace(",", "").partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


def day(text: str) -> date | None:
    """A date in one of the three spellings."""
    try:
        if match := re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", text):
            return date(int(match[3]), int(match[2]), int(match[1]))
        if match := re.fullmatch(r"(\d\d)-([A-Za-z]{3})-(\d{4})", text):
            return date(int(match[3]), _MONTHS.index(match[2].upper()) + 1, int(match[1]))
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def moment(text: str) -> datetime | None:
    """An ISO day or moment as local time."""
    try:
        read_as = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read_as.astimezone(ZoneInfo("Europe/London")).replace(tzinfo=None) if read_as.tzinfo else read_as


def ledger_month(row: Cells) -> str:
    """The month of a ledger row: period 0 is April's, 13 and 14 are March's."""
    number = int(row["financial_year"][:4]) * 12 + 2 + min(max(int(row["period"]), 1), 12)
    return f"{number // 12:04}-{number % 12 + 1:02}"


def judge_ledger(rows: Iterable[Cells], provider: str) -> Iterator[tuple[Cells, str]]:
    """Each row with its rule code, empty where it is sound."""
    seen = set()
    for row in rows:
        code = _ledger_fault(row, provider)
        key = (row["journal_id"], row["line_no"])
        if not code and key in seen:
            code = "duplicate"
        if not code:
            seen.add(key)
        yield row, code


def _ledger_fault(row: Cells, provider: str) -> str:
    codes = ("provider_code", "cost_centre_code", "account_code", "journal_id", "line_no")
    year = re.fullmatch(r"(\d{4})/(\d\d)", row["financial_year"])
    faults = {
        "missing_code": not all(row[name] for name in codes),
        "wrong_provider": row["provider_code"] != provider,
        "bad_period": not (year and (int(year[1]) + 1) % 100 == int(year[2]) and row["period"] in map(str, range(15))),
        "bad_date": day(row["posting_date"]) is None,
        "bad_amount": pence(row["amount"]) is None,
        "bad_wte": bool(row["wte"]) and not re.fullmatch(r"-?\d+(\.\d{1,2})?", row["wte"]),
    }
    return next((code for code, failed in faults.items() if failed), "")


def judge_activity(rows: Iterable[Cells], provider: str) -> Iterator[tuple[Cells, str]]:
    """Each row with its rule code, empty where it is sound."""
    for row in rows:
        yield row, _activity_fault(row, provider)


def _activity_fault(row: Cells, provider: str) -> str:
    needed = ["provider_code", "record_id"]
    deletion = row["transaction_type"] == "D"
    if not deletion:
        needed += ["unit_code", "measure_code"]
    start, end = moment(row["start_at"]), moment(row["end_at"])
    faults = {
        "missing_code": not all(row[name] for name in needed),
        "wrong_provider": row["provider_code"] != provider,
        "bad_type": row["transaction_type"] not in TRANSACTIONS,
        "bad_date": not deletion and (start is None or (bool(row["end_at"]) and end is None)),
        "end_before_start": not deletion and bool(start and end and end < start),
        "bad_quantity": not deletion and not re.fullmatch(r"(\d+(\.\d{1,3})?)?", row["quantity"]),
    }
    return next((code for code, failed in faults.items() if failed), "")


def judge_survey(rows: list[Cells], provider: str) -> Iterator[tuple[Cells, str]]:
    """Each row with its rule code, empty where it is sound; of rows with one key the last sound one counts."""
    last = {_survey_key(row): at for at, row in enumerate(rows) if not _survey_fault(row, provider)}
    for at, row in enumerate(rows):
        code = _survey_fault(row, provider)
        yield row, code or ("" if last[_survey_key(row)] == at else "duplicate")


def _survey_key(row: Cells) -> tuple[str, ...]:
    added_up = "question_code" in row
    last = ("team_name", "question_code") if added_up else ("respondent_ref",)
    return tuple(row[name].lower() for name in ("survey_code", "wave_date", *last))


def _survey_fault(row: Cells, provider: str) -> str:
    faults = {
        "missing_code": not (row["provider_code"] and row["survey_code"]),
        "wrong_provider": row["provider_code"] != provider,
        "bad_date": day(row["wave_date"]) is None,
    }
    return next((code for code, failed in faults.items() if failed), "")


JUDGES = {
    "ledger": judge_ledger,
    "activity": judge_activity,
    "survey": judge_survey,
}


def sound(folder: Path, feed: str) -> Iterator[tuple[str, str, Cells]]:
    """Provider, month of the extract and cells of every sound row of a feed."""
    return ((provider, month, row) for provider, month, row, code in judged(folder, feed) if not code)


@cache
def judged(folder: Path, feed: str) -> list[tuple[str, str, Cells, str]]:
    """Provider, month of the extract, cells and rule code of every row of a feed; read once for all tests."""
    return [
        (provider, month, row, code)
        for provider, month, rows in extracts(folder, feed)
        for row, code in JUDGES[feed](rows, provider)
    ]


def live_activity(folder: Path) -> dict[tuple[str, str], Cells]:
    """The records left after inserts, replacements and deletions: per key the last one wins."""
    live: dict[tuple[str, str], Cells] = {}
    for provider, _, row in sound(folder, "activity"):
        key = (provider, row["record_id"])
        if row["transaction_type"] == "D":
            live.pop(key, None)
        else:
            live[key] = row
    return live


def of_measure(live: dict[tuple[str, str], Cells], provider: str, measure: str) -> list[Cells]:
    """Live records of one provider and measure."""
    return [row for (owner, _), row in live.items() if owner == provider and row["measure_code"] == measure]


def in_groups(rows: Iterable[Cells], name: str) -> dict[str, list[Cells]]:
    """Rows by the value of a column."""
    groups: dict[str, list[Cells]] = defaultdict(list)
    for row in rows:
        groups[row[name]].append(row)
    return dict(groups)
