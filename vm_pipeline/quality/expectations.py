"""Great Expectations, kept to what it is good at here: judging a small table of measured numbers.

Belongs here: importing it (about 3 s: only where needed, and a night has it done aside), running a suite quietly,
reading its results.
Does not belong here: what is measured or expected (promises, suites, whole_table, core).

Only numbers measured by SQL go in: nothing it keeps, logs or returns can hold the content of a cell.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations import ExpectationSuite

_ALONE = threading.Lock()  # Great Expectations keeps its project in a global


@dataclass(frozen=True)
class Bound:
    """The numbers of a column must lie in `low` to `high` (None = open). A missing number is not judged."""

    column: str
    low: float | None
    high: float | None
    description: str = ""
    rule_code: str = ""
    critical: bool = False


class NotJudged(Exception):
    """Great Expectations could not evaluate an expectation: a fault of this program, not of the data."""


def suite(name: str, bounds: Sequence[Bound]) -> "ExpectationSuite":
    """The bounds as a suite of Great Expectations."""
    import great_expectations as gx
    from great_expectations.expectations.core.expect_column_values_to_be_between import (
        ExpectColumnValuesToBeBetween,
    )
    from great_expectations.expectations.metadata_types import FailureSeverity

    return gx.ExpectationSuite(
        name=name,
        expectations=[
            ExpectColumnValuesToBeBetween(
                column=bound.column,
                min_value=bound.low,
                max_value=bound.high,
                severity=FailureSeverity.CRITICAL if bound.critical else FailureSeverity.WARNING,
                notes=bound.description or None,
                meta={"rule_code": bound.rule_code},
            )
            for bound in bounds
        ],
    )


def _nothing(name: str, columns: list[str]) -> "ExpectationSuite":
    """Every number of every row is 0, in one expectation. Counts are never below 0."""
    import great_expectations as gx
    from great_expectations.expectations.core.expect_multicolumn_sum_to_equal import (
        ExpectMulticolumnSumToEqual,
    )

    nothing = ExpectMulticolumnSumToEqual(column_list=columns, sum_total=0, ignore_row_if="never")
    return gx.ExpectationSuite(name=name, expectations=[nothing])


def outside(name: str, rows: Sequence[Mapping[str, object]], bounds: Sequence[Bound]) -> dict[str, list[int]]:
    """Per column, the places of the rows whose number is out of bounds."""
    places: dict[str, list[int]] = {bound.column: [] for bound in bounds}
    if not rows:
        return places
    import pandas as pd

    frame = pd.DataFrame([[row[column] for column in places] for row in rows], columns=list(places)).astype("float64")
    with _ALONE:
        if _counts_nothing(frame, name, bounds):
            return places
        passed = {_column(result): bool(result.success) for result in _run(frame, suite(name, bounds), "BOOLEAN_ONLY")}
        if passed.keys() != places.keys():
            raise NotJudged(f"Great Expectations could not evaluate every expectation of {name!r}. Report it.")
        broken = [bound for bound in bounds if not passed[bound.column]]
        # Where to look is asked of what failed alone: it takes three times as long.
        detailed = _run(frame, suite(name, broken), "COMPLETE") if broken else []
    return places | {_column(result): _places(result) for result in detailed}


def _counts_nothing(frame: "pd.DataFrame", name: str, bounds: Sequence[Bound]) -> bool:
    """Whether all are counts of what must not be, and there is nothing of it.

    Asked first, as one expectation: each costs 5 ms whatever it looks at, and the contracts make a hundred.
    """
    if len(bounds) == 1 or any((bound.low, bound.high) != (0, 0) for bound in bounds):
        return False
    judged = frame.fillna(0)
    return all(result.success for result in _run(judged, _nothing(name, list(frame.columns)), "BOOLEAN_ONLY"))


def _run(frame: "pd.DataFrame", suite: "ExpectationSuite", result_format: str) -> list[Any]:
    batch = _numbers().get_batch(batch_parameters={"dataframe": frame})
    return list(batch.validate(suite, result_format={"result_format": result_format}).results)


@cache
def _numbers() -> Any:
    """Where frames go in. Made once: it costs as much as five expectations."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    asset = context.data_sources.add_pandas("measured").add_dataframe_asset("numbers")
    return asset.add_batch_definition_whole_dataframe("all")


def _column(result: Any) -> str:
    return str(result.expectation_config.kwargs["column"])


def _places(result: Any) -> list[int]:
    if "unexpected_index_list" not in result.result:
        raise NotJudged(f"Great Expectations could not evaluate what is expected of {_column(result)!r}. Report it.")
    return [int(place) for place in result.result["unexpected_index_list"] or ()]
