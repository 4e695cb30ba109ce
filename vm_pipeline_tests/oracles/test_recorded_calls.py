"""Every recorded call of a Scottish methods package agrees: dates, rounding, CHI numbers.

R takes whole vectors, recycles the shorter one and knows missing values; the functions here take one value. So each
recorded call is made value by value, a missing value stays missing, and where R refuses a type Python's own
functions must refuse it too. The calls were recorded before numbers by Modulus 10 were issued (August 2026), so
their check digit is Modulus 11 alone.

Left out, with the reason: `vectors_age.json` (42 calls of `age_calculate` and `create_age_groups`). The pipeline
computes no ages, because nobody's day of birth may get into it: see feeds/identifiers. It writes no postcodes, names no
quarters but the day's own, in short, and gives no CHI number its zero back: it finds such texts and keeps them out.
"""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any

import duckdb
import pytest

from vm_pipeline import calendar
from vm_pipeline.display import half_up, half_up_significant
from vm_pipeline_tests.feeds.chi import check_chi, modulus_11
from vm_pipeline_tests.oracles.conftest import recorded

Call = dict[str, Any]
TOPICS = {"fin_year_quarter": 25, "chi_check_pad": 19, "round_half_up": 62}
_NOT_DONE_HERE = ("qtr_end", "qtr_next", "qtr_prev", "chi_pad")


def calls(topic: str, failing: bool) -> list[Any]:
    """The recorded calls of a topic that gave a result, or that failed."""
    chosen = [one for one in _made_here(topic) if ("error" in one) is failing]
    return [pytest.param(one, id=f"{one['fn'][0]}-{place}") for place, one in enumerate(chosen)]


def _made_here(topic: str) -> list[Call]:
    short = (one for one in recorded(topic) if one["args"].get("format") != ["long"])
    return [one for one in short if one["fn"][0] not in _NOT_DONE_HERE]


@pytest.mark.parametrize("topic", TOPICS)
def test_every_recorded_call_is_made(vectors: Path, topic: str) -> None:
    assert len(_made_here(topic)) == TOPICS[topic] == len(calls(topic, True)) + len(calls(topic, False))


def as_date(text: str) -> date:
    """A recorded date; R writes the year 1 with one digit."""
    return date(*map(int, text.split("-")))


DATES: dict[str, Callable[[date], str]] = {
    "extract_fin_year": calendar.financial_year,
    "qtr": calendar.quarter_name,
}


@pytest.mark.parametrize("call", calls("fin_year_quarter", False))
def test_financial_years_and_quarters(call: Call) -> None:
    name = DATES[call["fn"][0]]
    assert [text and name(as_date(text)) for text in call["args"]["date"]] == call["result"]


@pytest.mark.parametrize("call", calls("fin_year_quarter", True))
def test_what_is_no_date_has_no_year(call: Call) -> None:
    for wrong in call["args"]["date"] or [None]:
        with pytest.raises((AttributeError, TypeError)):
            DATES[call["fn"][0]](wrong)


@pytest.mark.parametrize("call", calls("chi_check_pad", False))
def test_chi_numbers(call: Call) -> None:
    assert [check_chi(text, [modulus_11]).value for text in call["args"]["x"]] == call["result"]


@pytest.mark.parametrize("call", calls("chi_check_pad", True))
def test_a_number_is_no_chi_number(call: Call) -> None:
    with pytest.raises((AttributeError, TypeError)):
        check_chi(call["args"]["x"][0])


ROUNDING = {"round_half_up": (half_up, 0), "signif_half_up": (half_up_significant, 6)}


def pairs(call: Call) -> Iterator[tuple[float, int | None]]:
    """Values and digits of a recorded call, the shorter recycled as R does; digits None = no rounding."""
    rounding, values = ROUNDING[call["fn"][0]], call["args"]["x"]
    digits = call["args"].get("digits", [rounding[1]])
    digits = [None] if digits is None else digits
    length = max(len(values), len(digits)) if values and digits else 0
    yield from (pair for _, pair in zip(range(length), zip(cycle(values), cycle(digits)), strict=False))


@pytest.mark.parametrize("call", calls("round_half_up", False))
def test_rounding_half_up(call: Call) -> None:
    """Digits that are infinite were recorded as missing: the value stays as it is."""
    rounded = ROUNDING[call["fn"][0]][0]
    found = [value if digits is None else float(rounded(value, digits)) for value, digits in pairs(call)]
    assert found == call["result"]


@pytest.mark.parametrize("call", calls("round_half_up", True))
def test_what_is_no_number_is_not_rounded(call: Call) -> None:
    with pytest.raises(TypeError):
        ROUNDING[call["fn"][0]][0](call["args"]["x"][0])


@pytest.mark.parametrize("call", [one for one in calls("round_half_up", False) if one.id.startswith("round")])
def test_queries_round_alike(macros: duckdb.DuckDBPyConnection, call: Call) -> None:
    sql = "SELECT coalesce(vm.half_up(unnest($values), unnest($digits)), unnest($values))"
    values, digits = zip(*pairs(call), strict=True) if [*pairs(call)] else ((), ())
    found = macros.execute(sql, {"values": list(values), "digits": list(digits)}).fetchall()
    assert [one for (one,) in found] == pytest.approx(call["result"], abs=0, rel=1e-15)
