"""The fact table that rows of each feed go to, and which of its columns may be shown.

Belongs here: what tracing must know of fact tables. Does not belong here: asking them (figure, fact, batch).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vm_pipeline.feeds import FEEDS, contracts_of
from vm_pipeline.feeds.contract import Privacy

if TYPE_CHECKING:
    from sqlalchemy import Table


@dataclass(frozen=True)
class FactTable:
    """Facts of one feed, and the column in which a fact says how much. `is_shared`: a row may be of several teams."""

    feed: str
    name: str
    amount: str
    is_shared: bool = False

    @property
    def open_columns(self) -> list[str]:
        """Columns that may be shown: none that a contract declares to be anything but open.

        The batch says of which provider it is; one of a reference file is of all.
        """
        columns = (one for contract in contracts_of(self.feed) for one in contract.columns)
        closed = {one.stored for one in columns if one.privacy is not Privacy.OPEN}
        known = declared(self.name).columns.keys()
        aside = closed | {"batch_id", "row_number"} | ({"provider_code"} if self.feed in FEEDS else set())
        return ["row_number", *(name for name in known if name not in aside)]


_TABLES = (
    FactTable("ledger", "fact_cost", "amount_gbp", is_shared=True),
    FactTable("activity", "fact_activity", "quantity"),
    FactTable("survey", "fact_survey", "answers"),
    FactTable("reference/budget", "fact_budget", "amount_gbp", is_shared=True),
)
FACTS_OF = {one.feed: one for one in _TABLES}
FACTS_IN = {one.name: one for one in _TABLES}


def declared(table: str) -> "Table":
    """A published table. Looked up when it is asked for: what declares tables takes long to import."""
    from vm_pipeline.warehouse.tables import METADATA, SCHEMA

    return METADATA.tables[f"{SCHEMA}.{table}"]
