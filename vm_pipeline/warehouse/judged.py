"""Indicator values judged by their rule profiles: `core.judged_point`, one row a point of every series.

Belongs here: handing the points of `core.signal_point` to the signals engine, and its answers back.
Does not belong here: which points take part (sql/marts/signal_point), the statistics (signals), what is published
(sql/signals).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import duckdb

from vm_pipeline.indicators.noise import TABLE, false_alarms
from vm_pipeline.indicators.profiles import PROFILES
from vm_pipeline.warehouse.parts import CHOSEN, TEAM

if TYPE_CHECKING:
    import pandas as pd

    from vm_pipeline.signals.judge import Judged
    from vm_pipeline.signals.series import Flags

JUDGED_OF = ("core.signal_series", "core.signal_point")
LONGEST = 400  # points up to which false alarms are told; a longer series has those of this length

# What is added up of all teams changes with any of them: it lies together at the end, and others stay where they are.
_SERIES = (
    "provider_code, team_code, series, "
    "row_number() OVER (ORDER BY team_code = '*', provider_code, team_code, series) - 1 AS number, "
    "rule_profile, chart, factor, target::DOUBLE AS target, "
    "CASE direction WHEN 'higher' THEN 1 WHEN 'lower' THEN -1 ELSE 0 END AS better"
)
_COLUMNS = (
    "provider_code VARCHAR, team_code VARCHAR, series INTEGER, starts_on DATE, "
    "stretch INTEGER, is_final BOOLEAN, is_baseline BOOLEAN, is_tentative BOOLEAN, "
    "value DOUBLE, centre_line DOUBLE, lower_limit DOUBLE, upper_limit DOUBLE, "
    "signal BOOLEAN, rule VARCHAR, tier VARCHAR, in_shift BOOLEAN, in_trend BOOLEAN, outside_limits BOOLEAN, "
    "two_in_three BOOLEAN, fifteen_inside BOOLEAN, phase BIGINT, longest_run INTEGER, longest_run_max INTEGER, "
    "crossings INTEGER, crossings_min INTEGER, assurance VARCHAR"
)
_RULES = tuple(dict.fromkeys(rule.code for profile in PROFILES.values() for rule in profile.rules))
_COUNTS = ("longest_run", "longest_run_max", "crossings", "crossings_min")
_KNOWN = ", ".join(f"nullif({name}, -1) AS {name}" for name in _COUNTS)


def put_judged(con: duckdb.DuckDBPyConnection, teams: Collection[str] | None = None) -> None:
    """Create `core.judged_point` of `core.signal_point`; or judge the teams that are chosen again, and no other.

    Series go to the engine by number, and its answers come back to them by it.
    """
    import pandas as pd

    whose = "true" if teams is None else CHOSEN[TEAM]
    series = con.execute(f"SELECT {_SERIES} FROM core.signal_series WHERE {whose} ORDER BY number").df()
    con.register("asked", series)
    points = con.execute(
        "SELECT asked.number, point.* EXCLUDE (provider_code, team_code, series) FROM core.signal_point AS point "
        f"JOIN asked USING (provider_code, team_code, series) WHERE {whose} ORDER BY asked.number, point.starts_on"
    ).df()
    if teams is None:
        con.execute(f"CREATE OR REPLACE TABLE core.judged_point ({_COLUMNS})")
    else:
        con.execute(f"DELETE FROM core.judged_point WHERE {whose}")
    if len(points):
        con.register("found", pd.concat(_judged(points, series)).sort_index())
        con.execute(
            "INSERT INTO core.judged_point BY NAME SELECT asked.provider_code, asked.team_code, asked.series, "
            f"found.* EXCLUDE (number) REPLACE ({_KNOWN}) FROM found JOIN asked USING (number)"
        )
        con.unregister("found")
    con.unregister("asked")


def _judged(points: "pd.DataFrame", series: "pd.DataFrame") -> Iterator["pd.DataFrame"]:
    """What the engine says of all series of one profile and chart, one pair after the other."""
    import numpy as np

    from vm_pipeline.signals.series import begins

    of = points["number"].to_numpy()
    points["is_after_pause"] = begins(of, points["paused_on"].to_numpy())
    cuts = points["is_after_pause"] | points["begins_phase"]
    points["stretch"] = cuts.groupby(of).cumsum()
    pairs = series.groupby(["rule_profile", "chart"]).ngroup().to_numpy()
    for pair in np.unique(pairs):
        some = points[pairs[of] == pair]
        yield _of_pair(some, series.iloc[some["number"]])


def _of_pair(points: "pd.DataFrame", series: "pd.DataFrame") -> "pd.DataFrame":
    """Points of one profile and chart, in order, judged in the indicator's own unit; `series` has a row a point."""
    import pandas as pd

    from vm_pipeline.signals import judge as engine
    from vm_pipeline.signals.series import points as made
    from vm_pipeline.signals.tentative import tentative

    profile, chart = series[["rule_profile", "chart"]].iloc[0]
    given = {str(name): points[name].to_numpy() for name in points}
    drawn = made(
        given["number"], given["starts_on"], given["value"], given["num"], given["den"],
        excluded=given["is_excluded"], gap=given["is_after_pause"], phase=given["begins_phase"],
        baseline=given["is_baseline"],
    )  # fmt: skip
    found = engine.judge(drawn, profile, chart)
    told = {one.name: getattr(found, one.name) for one in fields(found)}
    factor = series["factor"].to_numpy()
    scale = factor if chart in ("p", "pp") else 1  # these are judged as shares of 1
    for name in ("value", "centre_line", "lower_limit", "upper_limit"):
        told[name] = told[name] * scale + 0.0  # 0, never -0
    names = {name: given[name] for name in ("number", "starts_on", "is_baseline", "stretch")}
    more = {"is_final": ~given["is_excluded"], "is_tentative": tentative(drawn, found, chart, factor)}
    del told["strong"]
    words = _in_words(found, told, series, profile, promise=~more["is_tentative"])
    return pd.DataFrame(names | told | more | words, index=points.index)


def _in_words(
    found: "Judged", told: Mapping[str, Any], series: "pd.DataFrame", profile: str, promise: "Flags"
) -> dict[str, "pd.Categorical[str]"]:
    """The rule by its code, its tier, and whether the target can be met; each missing where there is none.

    `promise`: the points whose limits stand on enough to promise anything.
    """
    import numpy as np
    import pandas as pd

    from vm_pipeline.signals.assurance import ASSURANCES, assurance

    aimed = np.flatnonzero(series["target"].notna().to_numpy() & promise)
    target, better = (series[name].to_numpy()[aimed] for name in ("target", "better"))
    said = np.full(len(series), -1, dtype=np.int8)
    answers = assurance(told["lower_limit"][aimed], told["upper_limit"][aimed], target, better)
    said[aimed] = pd.Index(ASSURANCES).get_indexer(pd.Index(answers))
    tier = np.where(found.signal, np.where(found.strong, 0, 1), -1)
    rule = np.array([*(_RULES.index(rule.code) for rule in PROFILES[profile].rules), -1])[found.rule]
    words = {"rule": (rule, _RULES), "tier": (tier, ["A", "B"]), "assurance": (said, ASSURANCES)}
    return {name: pd.Categorical.from_codes(codes, pd.Index(of)) for name, (codes, of) in words.items()}


def put_noise(con: duckdb.DuckDBPyConnection) -> None:
    """Create `staging.noise`: per profile, with and without a fixed baseline, and length, what noise would signal."""
    import pandas as pd

    rows = [
        (profile, fixed, length, said.share, said.points)
        for profile in sorted({profile for profile, _ in TABLE})
        for fixed in (False, True)
        for length in range(LONGEST + 1)
        for said in (false_alarms(profile, length, fixed),)
    ]
    con.register("rows", pd.DataFrame(rows, columns=["rule_profile", "has_baseline", "length", "share", "points"]))
    con.execute("CREATE OR REPLACE TABLE staging.noise AS SELECT * FROM rows")
    con.unregister("rows")
