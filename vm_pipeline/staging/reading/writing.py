"""Rows of text as a Parquet file of text, written piece by piece: what DuckDB reads fastest, and no quote can break.

Belongs here: the columns c0, c1 … and `row_number`, and how they are written.
Does not belong here: which rows (rows).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from vm_pipeline.staging.reading.sheet import Refused, holds_nul

READER = "read_parquet([{files}])"
_GROUP, _LARGE = 60_000, 16 << 20  # rows written together, and bytes of a piece that is written at once

Piece = tuple[Sequence[int], Sequence[list[str]]]  # numbers of rows, and their cells


class Writer:
    """Writes rows under one another. The column of the sheet's name, where there is one, is the first."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._file: Any = None
        self._waiting: list[Any] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, pieces: Iterator[Piece], width: int, sheet: str | None) -> None:
        """Write numbered rows, all `width` cells wide."""
        self._start(width + (sheet is not None))
        for numbers, rows in pieces:
            columns: list[Sequence[str]] = list(zip(*rows, strict=True))
            self._add([[sheet] * len(numbers), *columns] if sheet is not None else columns, numbers)
        self._put()

    def _start(self, width: int) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        if self._file is None:
            names = [(f"c{place}", pa.string()) for place in range(width)]
            schema = pa.schema([*names, ("row_number", pa.int64())])
            self._file = parquet.ParquetWriter(self._target, schema, use_dictionary=False, write_statistics=False)

    def _add(self, columns: Sequence[Sequence[str]], numbers: Sequence[int]) -> None:
        import pyarrow as pa

        try:
            texts = [pa.array([cell or None for cell in column], pa.string()) for column in columns]
        except UnicodeEncodeError as error:
            raise Refused("not_text", "found half a character (a lone surrogate), expected text.") from error
        if any(map(_holds_nul, texts)):
            raise holds_nul()
        batch = pa.record_batch([*texts, pa.array(numbers, pa.int64())], schema=self._file.schema)
        self._waiting.append(batch)
        if sum(one.num_rows for one in self._waiting) >= _GROUP or batch.nbytes > _LARGE:
            self._put()

    def _put(self) -> None:
        import pyarrow as pa

        if self._waiting:
            self._file.write_table(pa.Table.from_batches(self._waiting))
            self._waiting = []


def _holds_nul(texts: Any) -> bool:
    """Whether a text of an Arrow array has a NUL: their letters lie in one piece, and no other letter has that byte."""
    letters = texts.buffers()[2]
    return letters is not None and b"\0" in letters.to_pybytes()
