"""Series in a CSV file, judged by a profile, and written back with what was found.

Belongs here: the columns of such a file, options as they are typed, one row out for each row in.
Does not belong here: the statistics (signals), what a profile is (indicators/profiles).
"""

import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from vm_pipeline.indicators.profiles import PROFILES, RATES, SHARES, Option, Profile
from vm_pipeline.staging.naming import literal
from vm_pipeline.staging.reading import readable

if TYPE_CHECKING:
    import duckdb

    from vm_pipeline.signals.judge import Judged
    from vm_pipeline.signals.series import Flags, Points

NAMES, NUMBERS = ("measure", "team", "period"), ("num", "den", "value")
_LINES = ("centre_line", "lower_limit", "upper_limit")
FLAGS = ("in_shift", "in_trend", "outside_limits", "two_in_three", "fifteen_inside")
OF_SERIES = ("longest_run", "longest_run_max", "crossings", "crossings_min")
_FOUND = ("value", *_LINES, "signal", *FLAGS, *OF_SERIES)
_PERIODS = ("rebase", "exclude")  # options that may be given several times
_SHOWN = 5
_NOWHERE = 1 << 30
_CHUNK = 1 << 20
_MEMORY = "768MB"  # of DuckDB's; what is more spills to a file that goes with the command


class SeriesError(Exception):
    """A file, profile, chart or option that cannot be used: what was found, what was expected."""


@dataclass(frozen=True)
class Question:
    """What is asked of the series: a profile, a chart it can judge, its options by name."""

    profile: Profile
    chart: str
    options: Mapping[str, Any]

    def periods(self, option: str) -> list[str]:
        """The periods an option names."""
        return list(self.options.get(option, []))


def question(profile: str, chart: str = "", options: Iterable[str] = ()) -> Question:
    """A question as typed, `options` as `name=value`. Raises SeriesError."""
    chosen = PROFILES.get(profile)
    if chosen is None:
        raise SeriesError(_unknown("profile", profile, PROFILES))
    if chart and chart not in chosen.charts:
        raise SeriesError(_unknown(f"chart of {profile}", chart, chosen.charts))
    known = {one.name: one for one in chosen.options}
    given: dict[str, Any] = {}
    for text in options:
        name, equals, value = text.partition("=")
        if not equals or name not in known:
            raise SeriesError(_unknown(f"option of {profile}", text, [f"{one}=…" for one in known]))
        if name in _PERIODS:
            given.setdefault(name, []).append(value)
        else:
            given[name] = _typed(known[name], value)
    return Question(chosen, chart or chosen.chart, given)


def _unknown(what: str, found: str, known: Iterable[str]) -> str:
    names = list(known)
    near = get_close_matches(found, names, 1, 0.4)
    return f"found {what} {found!r}, expected one of {', '.join(names)}." + (f" Closest: {near[0]}." if near else "")


def _typed(option: Option, text: str) -> int | bool | str:
    said = text.strip().lower()
    if isinstance(option.default, bool):
        if said not in ("true", "false"):
            raise SeriesError(f"found {option.name}={text!r}, expected true or false.")
        return said == "true"
    if isinstance(option.default, int):
        if not said.isdecimal() or int(said) < option.least:
            raise SeriesError(f"found {option.name}={text!r}, expected a whole number of {option.least} or more.")
        return int(said)
    if option.choices and said not in option.choices:
        raise SeriesError(_unknown(f"{option.name}", said, option.choices))
    return said


def judge_file(path: Path, asked: Question, target: Path | None) -> tuple[int, int]:
    """Judge the series of a file and write them to `target`, or print them. Returns points, and how many signal.

    One row out for each row in, in the order of the file. Periods that are all whole numbers are compared as numbers,
    all others as text, so any spelling that sorts by time will do. Raises SeriesError.
    """
    import duckdb

    from vm_pipeline.signals.judge import judge

    if target is not None and not target.parent.is_dir():
        raise SeriesError(f"{target}: found no folder {target.parent}, expected one to write into.")
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(str(Path(folder) / "series.duckdb")) as con:
        con.execute(f"SET memory_limit = '{_MEMORY}'; SET threads = 2; SET enable_progress_bar = false")
        _read(con, path)
        _check(con, path, asked)
        named = {name: value for name, value in asked.options.items() if name not in _PERIODS}
        found = judge(_points(con, asked), asked.profile, asked.chart, named)
        _write(con, found, asked.profile, Path(folder) / "judged.csv")
        with (Path(folder) / "judged.csv").open("rb") as file, _opened(target) as out:
            shutil.copyfileobj(file, out, _CHUNK)
        return len(found.value), int(found.signal.sum())


@contextmanager
def _opened(target: Path | None) -> Iterator[BinaryIO]:
    """The file to write, or standard output; who stops reading that has seen enough."""
    if target is not None:
        with target.open("wb") as out:
            yield out
        return
    with suppress(BrokenPipeError):
        yield sys.stdout.buffer
        sys.stdout.flush()


def _read(con: "duckdb.DuckDBPyConnection", path: Path) -> None:
    """The file as the table `sent`, all text, its columns by the names they have here. Raises SeriesError."""
    import duckdb

    source = f"read_csv({readable(path)}, all_varchar = true, header = true, null_padding = false)"
    try:
        columns = [row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
        by_name = {name.strip().lower(): name for name in columns}
        absent = [name for name in NAMES if name not in by_name]
        if absent or not ("value" in by_name or {"num", "den"} <= by_name.keys()):
            raise SeriesError(
                f"{path}: found columns {', '.join(by_name)}; expected {', '.join((*NAMES, *NUMBERS))} "
                "(num and den only where a chart needs them, value unless it is num / den)."
            )
        kept = [f"coalesce(trim(\"{by_name[name]}\"), '') AS {name}" for name in NAMES]
        kept += [f'trim("{by_name[name]}") AS "{name}"' for name in NUMBERS if name in by_name]
        kept += [f'NULL::VARCHAR AS "{name}"' for name in NUMBERS if name not in by_name]
        con.execute(f"CREATE TABLE sent AS SELECT {', '.join(kept)} FROM {source}")
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        raise SeriesError(f"{path}: cannot be read as a CSV file in UTF-8 ({said}).") from None


def _number(name: str) -> str:
    """The double a cell stands for; NULL for an empty one and for what is no number."""
    return f"CASE WHEN {_is_number(name)} THEN {name}::DOUBLE END"


def _is_number(name: str) -> str:
    return f"regexp_full_match({name}, '[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]{{1,3}})?')"


def _check(con: "duckdb.DuckDBPyConnection", path: Path, asked: Question) -> None:
    """Every row has a period, every cell is a number or empty, the chart has what it is made of. Raises SeriesError."""
    if rows := _rows(con, "period = ''"):
        raise SeriesError(f"{path}: period: found none in row {rows}; expected a date, a month or a whole number.")
    for name in NUMBERS:
        if rows := _rows(con, f"upper({name}) NOT IN ('', 'NA', 'NAN', 'NULL') AND NOT {_is_number(name)}"):
            raise SeriesError(f"{path}: {name}: found no number in row {rows}; expected digits, or an empty cell.")
    if asked.chart in (*SHARES, *RATES) and not _any(con, "num <> '' AND den <> ''"):
        raise SeriesError(f"{path}: found no num and den; expected both, a {asked.chart} chart is made of them.")
    if asked.chart == "t" and _any(con, f"{_number('value')} <= 0"):
        raise SeriesError(f"{path}: found a time between events of 0 or less; a t chart has none of them.")


def _rows(con: "duckdb.DuckDBPyConnection", condition: str) -> str:
    """The first rows that meet a condition, counted from 1 below the header; empty where there is none."""
    found = con.execute(f"SELECT rowid + 1 FROM sent WHERE {condition} ORDER BY 1 LIMIT {_SHOWN}").fetchall()
    return ", ".join(str(row) for (row,) in found)


def _any(con: "duckdb.DuckDBPyConnection", condition: str) -> bool:
    return bool(con.execute(f"SELECT 1 FROM sent WHERE {condition} LIMIT 1").fetchall())


def _points(con: "duckdb.DuckDBPyConnection", asked: Question) -> "Points":
    import numpy as np

    from vm_pipeline.signals.series import points

    later = _later(con)
    con.execute(
        f"CREATE TABLE place AS SELECT period, (row_number() OVER (ORDER BY {later}, period))::INTEGER AS place "
        "FROM (SELECT DISTINCT period FROM sent); "
        "CREATE TABLE name AS SELECT measure, team, (row_number() OVER (ORDER BY measure, team))::INTEGER AS series "
        "FROM (SELECT DISTINCT measure, team FROM sent)"
    )
    value = "value" if asked.chart not in (*SHARES, *RATES) or _any(con, "value <> ''") else "''"
    columns = ", ".join(f"{_number(name)} AS {name}" for name in ("num", "den"))
    rows = con.execute(
        f"SELECT series, place, {columns}, {_number(value)} AS value FROM (SELECT *, rowid AS row FROM sent) "
        "JOIN name USING (measure, team) JOIN place USING (period) ORDER BY row"
    ).fetchnumpy()
    series, place = (np.asarray(rows[name]) for name in ("series", "place"))
    num, den, found = (np.ma.filled(rows[name], np.nan) for name in ("num", "den", "value"))
    first = [_place(con, _reaches(later, day)) for day in asked.periods("rebase")]
    gone = [_place(con, f"period = {literal(day)}") for day in asked.periods("exclude")]
    return points(series, place, found, num, den, np.isin(place, gone), phase=_phases(series, place, first))


_BY_NUMBER, _BY_TEXT = "period::HUGEINT", "period"


def _later(con: "duckdb.DuckDBPyConnection") -> str:
    """What periods are ordered by: as numbers where all are whole numbers, else as text."""
    return _BY_TEXT if _any(con, "NOT regexp_full_match(period, '[0-9]{1,18}')") else _BY_NUMBER


def _reaches(later: str, day: str) -> str:
    """The condition that a period lies at or after another."""
    if later == _BY_NUMBER:
        return f"{later} >= {int(day)}" if day.isdecimal() else "false"
    return f"period >= left({literal(day)}, length(period))"


def _place(con: "duckdb.DuckDBPyConnection", condition: str) -> int:
    """The first place of the periods that meet a condition; one that no point has where there is none."""
    ((place,),) = con.execute(f"SELECT min(place) FROM place WHERE {condition}").fetchall()
    return _NOWHERE if place is None else int(place)


def _phases(series: Any, place: Any, first: list[int]) -> "Flags":
    """The first point of each series at or after each of the places begins a phase."""
    import numpy as np

    begins = np.zeros(len(series), dtype=bool)
    ordered = np.lexsort((place, series)) if first else np.zeros(0, np.int64)
    for day in first:
        late = ordered[place[ordered] >= day]
        begins[late[np.append(True, series[late][1:] != series[late][:-1])[: len(late)]]] = True
    return begins


def _write(con: "duckdb.DuckDBPyConnection", found: "Judged", profile: Profile, target: Path) -> None:
    """The file's rows with what was found."""
    import pandas as pd

    judged = pd.DataFrame({name: getattr(found, name) for name in (*_FOUND, "rule", "strong")}, copy=False)
    codes = ", ".join(f"'{rule.code}'" for rule in profile.rules)
    con.register("judged", judged)
    columns = [f"nullif({name}, '') AS {name}" for name in NAMES]
    columns += [*(f"CASE WHEN NOT isnan({name}) THEN {name} END AS {name}" for name in ("value", *_LINES))]
    columns += [
        "signal",
        f"[{codes}][(rule + 1)::BIGINT] AS rule",
        "CASE WHEN signal THEN if(strong, 'A', 'B') END AS tier",
    ]
    columns += [*FLAGS, *(f"CASE WHEN {name} >= 0 THEN {name} END AS {name}" for name in OF_SERIES)]
    con.execute(
        f"COPY (SELECT {', '.join(columns)} FROM (SELECT {', '.join(NAMES)} FROM sent) POSITIONAL JOIN judged) "
        f"TO {literal(target)} (FORMAT csv, HEADER true)"
    )
    con.unregister("judged")
