"""What files of the bundle have in common: names of files, identifiers, metrics and filters as Superset writes them.

Belongs here: small pieces. Does not belong here: any one chart.
"""

import re
import uuid
from typing import Any

Yaml = dict[str, Any]


def uuid_of(path: str) -> str:
    """The same for the same file, so that a second import makes nothing twice."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"vm-pipeline/superset/{path}"))


def slug(name: str) -> str:
    """A title as a file is called."""
    return re.sub(r"\W+", "_", name.lower()).strip("_")


def dataset_uuid(view: str) -> str:
    return uuid_of(f"datasets/warehouse/{view}.yaml")


def metric(label: str, sql: str) -> Yaml:
    """A metric of one chart."""
    return {"expressionType": "SQL", "sqlExpression": sql, "label": label, "hasCustomLabel": True}


def only(column: str, value: str) -> Yaml:
    """Rows of one value."""
    return {
        "clause": "WHERE", "expressionType": "SIMPLE", "subject": column, "operator": "==", "operatorId": "EQUALS",
        "comparator": value,
    }  # fmt: skip


def where(sql: str) -> Yaml:
    """Rows by a condition."""
    return {"clause": "WHERE", "expressionType": "SQL", "sqlExpression": sql}
