"""Rows of text as a Parquet file of text, written piece by piece: what DuckDB reads fastest, and no quote can break.

Belongs here: the columns c0, c1 … and `row_number`, and how they are written.
Does not belong here: which rows (rows).
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from vm_pipeline.staging.reading.sheet import Refused

READER = "read_parquet([{files}])"
_CELLS = 400_000  # of a piece: some ten megabytes


class Writer:
    """Writes rows under one another. The column of the sheet's name, where there is one, is the first."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._file: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, rows: Iterator[tuple[int, list[str]]], width: int, sheet: str | None) -> None:
        """Write numbered rows, all `width` cells wide."""
        self._start(width + (sheet is not None))
        while piece := list(islice(rows, max(1, _CELLS // max(1, width)))):
            numbers, cells = zip(*piece, strict=True)
            columns: list[Sequence[str]] = list(zip(*cells, strict=True))
            self._write([[sheet] * len(numbers), *columns] if sheet is not None else columns, numbers)

    def _start(self, width: int) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        if self._file is None:
            names = [(f"c{place}", pa.string()) for place in range(width)]
            schema = pa.schema([*names, ("row_number", pa.int64())])
            self._file = parquet.ParquetWriter(self._target, schema, use_dictionary=False, write_statistics=False)

    def _write(self, columns: Sequence[Sequence[str]], numbers: Sequence[int]) -> None:
        import pyarrow as pa
        from pyarrow import compute

        try:
            texts = [pa.array(column, pa.string()) for column in columns]
        except UnicodeEncodeError as error:
            raise Refused("not_text", "found half a character (a lone surrogate), expected text.") from error
        arrays = [compute.if_else(compute.equal(text, ""), None, text) for text in texts]
        self._file.write_batch(pa.record_batch([*arrays, pa.array(numbers, pa.int64())], schema=self._file.schema))
