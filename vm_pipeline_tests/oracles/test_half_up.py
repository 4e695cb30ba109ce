"""Half up is decided on whole numbers, alike in Python and in queries."""

from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm_pipeline.display import half_up, half_up_ratio
from vm_pipeline.quality.verdict import per_cent

PARTS = st.decimals(min_value=-(10**9), max_value=10**9, places=3)


@given(st.lists(st.tuples(PARTS, PARTS), min_size=1), st.sampled_from([1, 100, 1000]), st.integers(0, 3))
def test_queries_decide_as_python_does(
    macros: duckdb.DuckDBPyConnection, parts: list[tuple[Decimal, Decimal]], factor: int, decimals: int
) -> None:
    sql = (
        f"SELECT vm.half_up_ratio(part[1]::DECIMAL(18,3), part[2]::DECIMAL(18,3), {factor}, {decimals}) "
        "FROM (SELECT unnest($parts) AS part)"
    )
    found = macros.execute(sql, {"parts": [[str(top), str(below)] for top, below in parts]}).fetchall()
    for (shown,), (top, below) in zip(found, parts, strict=True):
        exact = half_up_ratio(top, below, factor, decimals)
        assert (shown is None) is (exact is None)
        assert exact is None or shown == float(exact)


@given(st.integers(-(10**6), 10**6), st.integers(1, 3))
def test_every_half_goes_away_from_zero(steps: int, decimals: int) -> None:
    """(2n + 1) halves of the last decimal, as a ratio: no double could be trusted with them."""
    above, below = 2 * steps + 1, 2 * 10**decimals
    expected = (Decimal(above) / below).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert half_up_ratio(above, below, 1, decimals) == expected
    assert half_up_ratio(above, below, 100, decimals) == 100 * Decimal(above) / below


def test_a_double_below_its_half_was_meant_as_the_half() -> None:
    assert f"{0.285:.2f}" == "0.28"  # what formatting makes of it
    assert str(half_up(0.285, 2)) == "0.29"
    assert str(half_up(-0.285, 2)) == "-0.29"
    assert str(half_up(12345, -2)) == "12300"
    assert str(half_up(-0.001, 1)) == "0.0"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_not_shown(value: float) -> None:
    with pytest.raises(ValueError, match="can be shown"):
        half_up(value)


def test_shares_in_messages_are_half_up() -> None:
    assert [per_cent(share) for share in (0.05, 0.125, 1, 0, 0.123456, 0.5)] == [
        "5 %",
        "12.5 %",
        "100 %",
        "0 %",
        "12.35 %",
        "50 %",
    ]
    assert per_cent(0.10025) == "10.03 %"  # formatting says 10.02: half to even
