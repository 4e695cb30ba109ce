"""Rows of an answer, each by the names of its columns.

Belongs here: that one form. Does not belong here: any question.
"""

from typing import Any

import duckdb

Row = dict[str, Any]


def named_rows(asked: duckdb.DuckDBPyConnection) -> list[Row]:
    """All rows of a question that was just asked; of two columns of one name the last."""
    names = [name for name, *_ in asked.description or ()]
    return [dict(zip(names, row, strict=True)) for row in asked.fetchall()]
