"""Who takes part: this product, and programs of other hands that make the same tables of the same feeds.

Belongs here: one declaration a contender: what it is, how it is called, what it must have installed.
Does not belong here: the programs (they lie outside the repository, see `--shared`), the environment they run in.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

PRODUCT = "vm_pipeline"
LIMIT = "limit_duckdb"


@dataclass(frozen=True)
class Contender:
    """One program. Arguments may name {feeds}, {work}, {out} (the DuckDB file it makes) and {month}.

    `month` are the arguments that do one month again, into what a full run left; without them, every run is a full one.
    """

    name: str
    says: str
    full: tuple[str, ...]
    month: tuple[str, ...] = ()
    module: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether it runs in our own environment."""
        return self.name == PRODUCT


_OURS = (str(Path(sys.executable).with_name("vm-pipeline")), "run", "--home", "{work}/home", "--warehouse", "{out}")
CONTENDERS = (
    Contender(
        PRODUCT,
        "the product, everything included: hashing, versions, control totals, checks, Dagster, indicators, signals",
        (*_OURS, "--feeds", "{feeds}", "--json"),
        (*_OURS, "--feeds", "{feeds}", "--json"),
    ),
    Contender(
        LIMIT,
        "hand-tuned SQL on DuckDB, the practical limit: facts, rejections and months of teams, and nothing else",
        ("{yardsticks}/limit_duckdb.py", "{feeds}", "{out}"),
        ("{yardsticks}/limit_duckdb.py", "{feeds}", "{out}", "{month}"),
        "duckdb",
    ),
    Contender(
        "polars_pipeline",
        "polars, lazy and streaming where it can be",
        ("{yardsticks}/polars_pipeline.py", "{feeds}", "{out}"),
        module="polars",
    ),
    Contender("dlt_dbt", "dlt and dbt on DuckDB", ("{yardsticks}/dlt_dbt/run.py", "{feeds}", "{out}"), module="dlt"),
    Contender(
        "naive_pandas",
        "pandas, a file at a time",
        ("{yardsticks}/naive_pandas.py", "{feeds}", "{out}"),
        module="pandas",
    ),
)
BY_NAME = {one.name: one for one in CONTENDERS}
