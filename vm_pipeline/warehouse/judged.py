"""Indicator values judged by their rule profiles: `core.judged_point`, one row a point of every series.

Belongs here: handing the points of `core.signal_point` to the signals engine, and its answers back.
Does not belong here: which points take part (sql/marts/signal_point), the statistics (signals), what is published
(sql/signals).
"""

from collections.abc import Collection
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import duckdb

from vm_pipeline.indicators.noise import TABLE, false_alarms
from vm_pipeline.indicators.profiles import PROFILES

if TYPE_CHECKING:
    import pandas as pd

# A centre line of fewer points moves with each new one (Perla, Provost and Murray 2011 ask for 10 to 12).
ENOUGH = 10
LONGEST = 400  # points up to which false alarms are told; a longer series has those of this length

_ASKED = (
    "provider_code, place, dense_rank() OVER (ORDER BY provider_code, series)::INTEGER AS series, "
    "num, den, value, factor, is_excluded, is_after_pause, begins_phase, is_baseline, "
    "target::DOUBLE AS target, CASE direction WHEN 'higher' THEN 1 WHEN 'lower' THEN -1 ELSE 0 END AS better, "
    "rule_profile || ' ' || chart AS asked"
)
_NUMBERS = ("num", "den", "value", "target")


def put_judged(con: duckdb.DuckDBPyConnection, providers: Collection[str] | None = None) -> None:
    """Create `core.judged_point` of `core.signal_point`; or judge some providers again and leave the others."""
    import pandas as pd

    whose = "true" if providers is None else "provider_code IN (SELECT unnest($whose))"
    given = {} if providers is None else {"whose": [*providers]}
    asked_of = f"SELECT {_ASKED} FROM core.signal_point WHERE {whose} ORDER BY provider_code, place"
    points = con.execute(asked_of, given).df()
    found = [_judged(some, str(asked)) for asked, some in points.groupby("asked", sort=True)]
    con.register("found", pd.concat(found) if found else _judged(points, "his_run run"))
    if providers is not None:
        con.execute(f"DELETE FROM core.judged_point WHERE {whose}", given)
    put = (
        "CREATE OR REPLACE TABLE core.judged_point AS" if providers is None else "INSERT INTO core.judged_point BY NAME"
    )
    con.execute(
        f"{put} SELECT point.* EXCLUDE (num, den, value, is_excluded, place), NOT is_excluded AS is_final, "
        "found.* EXCLUDE (place, provider_code) FROM core.signal_point AS point JOIN found USING (provider_code, place)"
    )
    con.unregister("found")


def _judged(points: "pd.DataFrame", asked: str) -> "pd.DataFrame":
    """What the engine says of all series of one profile and chart, in the indicator's own unit."""
    import pandas as pd

    from vm_pipeline.signals import judge as engine
    from vm_pipeline.signals.series import points as made

    profile, chart = asked.split(" ")
    numbers = {name: points[name].astype("float64") for name in _NUMBERS}
    flags = {
        "excluded": points["is_excluded"],
        "gap": points["is_after_pause"],
        "phase": points["begins_phase"],
        "baseline": points["is_baseline"],
    }
    found = engine.judge(
        made(
            points["series"].to_numpy(), points["place"].to_numpy(), numbers["value"], numbers["num"], numbers["den"],
            **{name: column.to_numpy(dtype=bool) for name, column in flags.items()},
        ),
        profile,
        chart,
    )  # fmt: skip
    told = pd.DataFrame({one.name: getattr(found, one.name) for one in fields(found)}, index=points.index)
    scale = points["factor"] if chart in ("p", "pp") else 1  # these are judged as shares of 1
    for name in ("value", "centre_line", "lower_limit", "upper_limit"):
        told[name] *= scale
    place = {name: points[name] for name in ("provider_code", "place")}
    return _in_words(told.assign(**place), points, numbers["target"], profile)


def _in_words(told: "pd.DataFrame", points: "pd.DataFrame", target: Any, profile: str) -> "pd.DataFrame":
    """Rules by their codes, tiers, whether the line is tentative, and whether the target can be met; unknown = NULL."""
    import numpy as np
    import pandas as pd

    from vm_pipeline.signals.assurance import assurance

    codes = np.array([*(rule.code for rule in PROFILES[profile].rules), None], dtype=object)
    limits = told["lower_limit"].to_numpy(), told["upper_limit"].to_numpy()
    said = assurance(*limits, target.to_numpy(), points["better"].to_numpy())
    told["assurance"] = pd.Series(said, told.index, dtype=object).where(said != "", None)
    told["tier"] = told["strong"].map({True: "A", False: "B"}).where(told["signal"], None)
    told["rule"] = codes[told["rule"]]
    told["is_tentative"] = _stands_on(points, told) < ENOUGH
    counts = ["longest_run", "longest_run_max", "crossings", "crossings_min"]
    told[counts] = told[counts].astype(pd.Int32Dtype()).mask(told[counts] < 0)
    return told.drop(columns="strong")


def _stands_on(points: "pd.DataFrame", told: "pd.DataFrame") -> Any:
    """How many points the centre line of each point's phase is made of."""
    phase = [points["series"], told["phase"]]
    used, marked = ~points["is_excluded"], points["is_baseline"] & ~points["is_excluded"]
    every, fixed = used.groupby(phase).transform("sum"), marked.groupby(phase).transform("sum")
    return fixed.where(fixed > 0, every)


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
