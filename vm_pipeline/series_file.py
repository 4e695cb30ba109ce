"""Series in a CSV file, judged by a profile, and written back with what was found.

Belongs here: the columns of such a file, options as they are typed, one row out for each row in.
Does not belong here: the statistics (signals), what a profile is (indicators/profiles).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vm_pipeline.indicators.profiles import PROFILES, Option, Profile

if TYPE_CHECKING:
    import pandas as pd

    from vm_pipeline.signals.judge import Judged
    from vm_pipeline.signals.series import Flags

NAMES, NUMBERS = ("measure", "team", "period"), ("num", "den", "value")
OUT = (*NAMES, "value", "centre_line", "lower_limit", "upper_limit", "signal", "rule", "tier")
FLAGS = ("in_shift", "in_trend", "outside_limits", "two_in_three", "fifteen_inside")
OF_SERIES = ("longest_run", "longest_run_max", "crossings", "crossings_min")
_PERIODS = ("rebase", "exclude")  # options that may be given several times
_SHOWN = 5


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
        if not said.isdecimal():
            raise SeriesError(f"found {option.name}={text!r}, expected a whole number of 0 or more.")
        return int(said)
    if option.choices and said not in option.choices:
        raise SeriesError(_unknown(f"{option.name}", said, option.choices))
    return said


def read(path: Path) -> "pd.DataFrame":
    """The file as a frame, one row a point: names as text, numbers as doubles, empty = NaN. Raises SeriesError."""
    import pandas as pd

    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", skipinitialspace=True)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise SeriesError(f"{path}: cannot be read as a CSV file in UTF-8 ({type(error).__name__}: {error}).") from None
    frame.columns = [name.strip().lower() for name in frame.columns]
    missing = [name for name in (*NAMES, "value") if name not in frame.columns]
    if missing and not (missing == ["value"] and {"num", "den"} <= set(frame.columns)):
        raise SeriesError(
            f"{path}: found columns {', '.join(frame.columns)}; expected {', '.join((*NAMES, *NUMBERS))} "
            f"(num and den only where a chart needs them). Missing: {', '.join(missing)}."
        )
    for name in NUMBERS:
        frame[name] = _numbers(path, name, frame[name]) if name in frame.columns else float("nan")
    return frame


def _numbers(path: Path, name: str, cells: "pd.Series[str]") -> "pd.Series[float]":
    import numpy as np
    import pandas as pd

    text = cells.str.strip()
    empty = text.str.upper().isin(["", "NA", "NAN", "NULL"])
    read = pd.to_numeric(text.mask(empty), errors="coerce").astype("float64")
    wrong = np.flatnonzero((read.isna() & ~empty) | np.isinf(read))
    if len(wrong):
        rows = ", ".join(str(row + 1) for row in wrong[:_SHOWN]) + (" …" if len(wrong) > _SHOWN else "")
        raise SeriesError(f"{path}: column {name}: found no number in rows {rows}; expected digits, or an empty cell.")
    return read


def judged(frame: "pd.DataFrame", asked: Question) -> "pd.DataFrame":
    """One row a row of the frame, in its order, with the columns OUT, FLAGS and OF_SERIES. Raises SeriesError."""
    import numpy as np

    from vm_pipeline.signals.judge import judge
    from vm_pipeline.signals.series import points

    if asked.chart in ("p", "pp", "u", "up") and frame[["num", "den"]].isna().all(axis=None):
        raise SeriesError(f"found no num and den, expected both: a {asked.chart} chart is made of them.")
    if asked.chart == "t" and (frame["value"] <= 0).any():
        raise SeriesError("found a time between events of 0 or less, expected every value of a t chart above 0.")
    series = frame.groupby(["measure", "team"], sort=True).ngroup().to_numpy()
    order = np.unique(frame["period"].to_numpy(str), return_inverse=True)[1]
    found = judge(
        points(
            series,
            order,
            frame["value"],
            frame["num"],
            frame["den"],
            excluded=frame["period"].isin(asked.periods("exclude")),
            phase=_phases(frame["period"], series, order, asked.periods("rebase")),
        ),
        asked.profile,
        asked.chart,
        {name: value for name, value in asked.options.items() if name not in _PERIODS},
    )
    return _with_words(frame, found, asked.profile)


def _phases(period: "pd.Series[str]", series: Any, order: Any, days: list[str]) -> "Flags":
    """The first point of each series on or after each of the days begins a phase."""
    import numpy as np

    begins = np.zeros(len(period), dtype=bool)
    places = np.lexsort((order, series))
    text, of = period.to_numpy(str)[places], series[places]
    for day in days:
        late = np.flatnonzero(text >= day)
        first = late[np.r_[True, of[late][1:] != of[late][:-1]]] if len(late) else late
        begins[places[first]] = True
    return begins


def _with_words(frame: "pd.DataFrame", found: "Judged", profile: Profile) -> "pd.DataFrame":
    import numpy as np
    import pandas as pd

    codes = np.array([*(rule.code for rule in profile.rules), ""])
    out = frame[[*NAMES]].copy()
    for name in ("value", "centre_line", "lower_limit", "upper_limit", "signal"):
        out[name] = getattr(found, name)
    out["rule"] = codes[found.rule]
    out["tier"] = np.where(found.signal, np.where(found.strong, "A", "B"), "")
    for name in FLAGS:
        out[name] = getattr(found, name)
    for name in OF_SERIES:
        column = pd.Series(getattr(found, name), index=out.index).astype("Int64")
        out[name] = column.mask(column < 0)
    return out


def write(frame: "pd.DataFrame", target: Path | None) -> str:
    """Write the frame, flags as `true` and `false`; returned as text where there is no target."""
    told = {name: frame[name].map({True: "true", False: "false"}) for name in frame if frame[name].dtype == bool}
    text = frame.assign(**told).to_csv(target, index=False, lineterminator="\n")
    return text or ""
