"""What was published first is kept when history is restated, and is made again where its file is missing."""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import duckdb
import pytest

from vm_pipeline.sources.receipts import Version
from vm_pipeline.warehouse.as_published import POINT, Landed, put_as_published

FIRST, SECOND = "2022-08-01T00:00:00+00:00", "2022-09-01T00:00:00+00:00"


def judged(points: dict[str, tuple[bool, bool]]) -> duckdb.DuckDBPyConnection:
    """A warehouse of one series: day → (is final, signals)."""
    con = duckdb.connect()
    con.execute("ATTACH ':memory:' AS core")
    key = {"provider_code": "B1", "team_code": "T1"}
    names = ", ".join(f"'{key.get(name, name)}' AS {name}" for name in POINT if name != "starts_on")
    con.execute(f"CREATE TABLE core.signal_series AS SELECT 1 AS series, {names}")
    con.execute(
        "CREATE TABLE core.judged_point (provider_code VARCHAR, team_code VARCHAR, series INTEGER, starts_on DATE, "
        "is_final BOOLEAN, is_tentative BOOLEAN, signal BOOLEAN, rule VARCHAR, tier VARCHAR)"
    )
    for day, (final, signal) in points.items():
        said = ["shift", "A"] if signal else [None, None]
        con.execute(
            "INSERT INTO core.judged_point VALUES ('B1', 'T1', 1, ?, ?, false, ?, ?, ?)", [day, final, signal, *said]
        )
    return con


@pytest.fixture
def nights() -> Iterator[tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection]]:
    """July is final in the first, and restated in the second, in which August is final, too."""
    first = judged({"2022-07-01": (True, True), "2022-08-01": (False, True)})
    second = judged({"2022-07-01": (True, False), "2022-08-01": (True, False)})
    yield first, second
    first.close()
    second.close()


def test_it_is_kept_and_made_again_where_it_is_missing(
    nights: tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection], tmp_path: Path
) -> None:
    first, second = nights
    looked: list[int] = []

    def look_back() -> nullcontext[duckdb.DuckDBPyConnection]:
        looked.append(1)
        return nullcontext(first)

    nothing: list[Version] = []
    landings = [
        Landed(FIRST, "first", lambda: nothing, look_back),
        Landed(SECOND, "second", lambda: nothing, lambda: nullcontext(second)),
    ]
    asked = "SELECT starts_on::VARCHAR, signal, published_at::VARCHAR FROM core.as_published ORDER BY starts_on"
    expected = [("2022-07-01", True, "2022-08-01 00:00:00"), ("2022-08-01", False, "2022-09-01 00:00:00")]
    for missing, times in ((False, 1), (False, 1), (True, 2)):
        for path in list(tmp_path.glob("*.parquet")) if missing else []:
            path.unlink()
        put_as_published(second, tmp_path, landings)
        assert second.execute(asked).fetchall() == expected
        assert len(looked) == times and len(list(tmp_path.glob("*.parquet"))) == 2
