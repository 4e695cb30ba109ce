"""Indicator values judged by their rule profiles: `core.judged_point`, one row a point of every series.

Belongs here: handing the points of `core.signal_point` to the signals engine, and its answers back; which indicators
are shown and not judged.
Does not belong here: which points take part (sql/marts/signal_point), the statistics (signals), what is published
(sql/signals).
"""

from collections.abc import Collection
from dataclasses import fields
from typing import TYPE_CHECKING, Any, cast

import duckdb

from vm_pipeline.indicators.catalogue import CATALOGUE
from vm_pipeline.indicators.noise import TABLE, false_alarms
from vm_pipeline.indicators.profiles import PROFILES, SHARES
from vm_pipeline.warehouse.parts import CHOSEN, TEAM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vm_pipeline.signals.judge import Judged
    from vm_pipeline.signals.series import Flags

Arrays = dict[str, "NDArray[Any]"]
"""Columns of equal length, by name."""

JUDGED_OF = ("core.signal_series", "core.signal_point")
LONGEST = 400  # points up to which false alarms are told; a longer series has those of this length

_HANG_TOGETHER = ", ".join(f"('{one.code}', '{grain}')" for one in CATALOGUE for grain in one.hangs_together)
# What is added up of all teams changes with any of them: it lies together at the end, and others stay where they are.
_SERIES = (
    "provider_code, team_code, series, "
    "row_number() OVER (ORDER BY team_code = '*', provider_code, team_code, series) - 1 AS number, "
    "rule_profile, chart, factor::DOUBLE AS factor, target::DOUBLE AS target, "
    f"(indicator_code, grain) IN ({_HANG_TOGETHER}) AS hangs_together, "
    "CASE direction WHEN 'higher' THEN 1 WHEN 'lower' THEN -1 ELSE 0 END AS better"
)
_COLUMNS = (
    "provider_code VARCHAR, team_code VARCHAR, series INTEGER, starts_on DATE, "
    "stretch INTEGER, is_final BOOLEAN, is_baseline BOOLEAN, is_tentative BOOLEAN, is_asked BOOLEAN, "
    "value DOUBLE, centre_line DOUBLE, lower_limit DOUBLE, upper_limit DOUBLE, "
    "signal BOOLEAN, rule VARCHAR, tier VARCHAR, in_shift BOOLEAN, in_trend BOOLEAN, outside_limits BOOLEAN, "
    "two_in_three BOOLEAN, fifteen_inside BOOLEAN, phase BIGINT, longest_run INTEGER, longest_run_max INTEGER, "
    "crossings INTEGER, crossings_min INTEGER, assurance VARCHAR"
)
_RULES = tuple(dict.fromkeys(rule.code for profile in PROFILES.values() for rule in profile.rules))
_COUNTS = ("longest_run", "longest_run_max", "crossings", "crossings_min")
_TIERS = ("A", "B")


def _said() -> str:
    """Columns of what the engine found, as they are kept: what is not known is empty, and codes are words."""
    from vm_pipeline.signals.assurance import ASSURANCES

    words = {"rule": _RULES, "tier": _TIERS, "assurance": ASSURANCES}
    known = [f"nullif({name}, -1) AS {name}" for name in _COUNTS]
    return ", ".join([*known, *(f"{[*of]}[{name} + 1] AS {name}" for name, of in words.items())])


def put_judged(con: duckdb.DuckDBPyConnection, teams: Collection[str] | None = None) -> None:
    """Create `core.judged_point` of `core.signal_point`; or judge the teams that are chosen again, and no other.

    Series go to the engine by number, and its answers come back to them by it.
    """
    whose = "true" if teams is None else CHOSEN[TEAM]
    con.execute(f"CREATE OR REPLACE TEMP TABLE asked AS SELECT {_SERIES} FROM core.signal_series WHERE {whose}")
    series = _arrays(
        con, "SELECT number, rule_profile, chart, hangs_together, factor, target, better FROM asked ORDER BY number"
    )
    points = _arrays(
        con,
        "SELECT asked.number, point.* EXCLUDE (provider_code, team_code, series) FROM core.signal_point AS point "
        f"JOIN asked USING (provider_code, team_code, series) WHERE {whose} ORDER BY asked.number, point.starts_on",
    )
    if teams is None:
        con.execute(f"CREATE OR REPLACE TABLE core.judged_point ({_COLUMNS})")
    else:
        con.execute(f"DELETE FROM core.judged_point WHERE {whose}")
    if len(points["number"]):
        con.register("found", _judged(points, series))
        con.execute(
            "INSERT INTO core.judged_point BY NAME SELECT asked.provider_code, asked.team_code, asked.series, "
            f"found.* EXCLUDE (number) REPLACE ({_said()}) FROM found JOIN asked USING (number)"
        )
        con.unregister("found")
    con.execute("DROP TABLE asked")


def _arrays(con: duckdb.DuckDBPyConnection, sql: str) -> Arrays:
    """Columns of an answer. A number that is not known is NaN."""
    import numpy as np

    found = cast(Arrays, con.execute(sql).fetchnumpy())
    return {name: np.ma.filled(of, np.nan) if of.dtype.kind == "f" else np.ma.getdata(of) for name, of in found.items()}


def _judged(points: Arrays, series: Arrays) -> Arrays:
    """What the engine says of all series, in the order of points: of those of one profile and chart after the other."""
    import numpy as np

    of = points["number"]
    points |= _cut(points)
    pairs = series["rule_profile"] + " " + series["chart"]
    places = [np.flatnonzero((pairs == pair)[of]) for pair in np.unique(pairs)]
    found = [_of_pair(_rows(points, some), _rows(series, of[some])) for some in places if len(some)]
    back = np.argsort(np.concatenate(places))
    return {name: np.concatenate([one[name] for one in found])[back] for name in found[0]}


def _cut(points: Arrays) -> Arrays:
    """Where a pause lies before a point, and the number of its stretch: pauses and recorded decisions part a series."""
    import numpy as np

    from vm_pipeline.signals.series import begins, stretches

    first = begins(points["number"])
    is_after_pause = begins(points["number"], points["paused_on"])
    number = stretches(is_after_pause | points["begins_phase"])
    return {"is_after_pause": is_after_pause, "stretch": number - number[np.flatnonzero(first)][stretches(first)]}


def _rows(columns: Arrays, places: "NDArray[Any]") -> Arrays:
    return {name: of[places] for name, of in columns.items()}


def _of_pair(points: Arrays, series: Arrays) -> Arrays:
    """Points of one profile and chart, in order, judged in the indicator's own unit; `series` has a row a point."""
    from vm_pipeline.signals import judge as engine
    from vm_pipeline.signals.series import points as made
    from vm_pipeline.signals.tentative import asked, tentative

    profile, chart, factor = series["rule_profile"][0], series["chart"][0], series["factor"]
    drawn = made(
        points["number"], points["starts_on"], points["value"], points["num"], points["den"],
        excluded=points["is_excluded"], gap=points["is_after_pause"], phase=points["begins_phase"],
        baseline=points["is_baseline"],
    )  # fmt: skip
    found = engine.judge(drawn, profile, chart)
    told = {one.name: getattr(found, one.name) for one in fields(found) if one.name != "strong"}
    scale = factor if chart in SHARES else 1  # these are judged as shares of 1
    for name in ("value", "centre_line", "lower_limit", "upper_limit"):
        told[name] = told[name] * scale + 0.0  # 0, never -0
    names = {name: points[name] for name in ("number", "starts_on", "is_baseline", "stretch")}
    shown = series["hangs_together"]
    more = {
        "is_final": ~points["is_excluded"],
        "is_tentative": tentative(drawn, found, chart, factor) | shown,
        "is_asked": asked(drawn, found) & ~shown,
    }
    return names | told | more | _codes(found, told, series, profile, promise=~more["is_tentative"])


def _codes(found: "Judged", told: Arrays, series: Arrays, profile: str, promise: "Flags") -> Arrays:
    """Places of the rule, its tier, and whether the target can be met, each among its words; -1 where there is none.

    `promise`: the points whose limits stand on enough to promise anything.
    """
    import numpy as np

    from vm_pipeline.signals.assurance import ASSURANCES, assurance

    answers = assurance(told["lower_limit"], told["upper_limit"], series["target"], series["better"])
    said = [promise & (answers == one) for one in ASSURANCES]
    rule = np.array([*(_RULES.index(rule.code) for rule in PROFILES[profile].rules), -1], dtype=np.int8)[found.rule]
    return {
        "rule": rule,
        "tier": np.where(found.signal, np.where(found.strong, 0, 1), -1).astype(np.int8),
        "assurance": np.select(said, [*range(len(ASSURANCES))], -1).astype(np.int8),
    }


def put_noise(con: duckdb.DuckDBPyConnection) -> None:
    """Create `staging.noise`: per profile, with and without a fixed baseline, and length, what noise would signal."""
    import numpy as np

    rows = [
        (profile, fixed, length, said.share, said.points)
        for profile in sorted({profile for profile, _ in TABLE})
        for fixed in (False, True)
        for length in range(LONGEST + 1)
        for said in (false_alarms(profile, length, fixed),)
    ]
    names = ("rule_profile", "has_baseline", "length", "share", "points")
    con.register("rows", {name: np.array(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)})
    con.execute("CREATE OR REPLACE TABLE staging.noise AS SELECT * FROM rows")
    con.unregister("rows")
