"""Bytes that atheris makes, read as a file: `python -m vm_pipeline_tests.fuzz.any_file -max_total_time=300`.

Belongs here: the target, and files to begin with. Does not belong here: properties that pytest checks (staging).

The first byte chooses a shape, the others are the file. All but a table or `Refused` is a find: atheris stops at it and
keeps its bytes in `crash-…`.
"""

import gzip
import io
import sys
import tempfile
import zipfile
from contextlib import suppress
from functools import cache
from pathlib import Path

import atheris
import duckdb

with atheris.instrument_imports(include=["vm_pipeline.staging.reading"]):
    from vm_pipeline.staging.reading import AS_IT_SAYS, FileShape, Refused

from vm_pipeline_tests.staging.tables import read_bytes

SHAPES = [
    AS_IT_SAYS,
    FileShape.of({"delimiter": ";", "header_rows": 2}),
    FileShape.of({"header_has": ["a"], "skip_lines": {"total": "^Total"}, "stop_at": "^end"}),
    FileShape.of({"no_header": ["a", "b"], "comment": "#"}),
    FileShape.of({"delimiter": "blanks", "footer": 1}),
    FileShape.of({"quote": "'", "escape": "\\"}),
    FileShape.of({"format": "workbook", "sheets": ["*"], "sheet_column": "sheet"}),
    FileShape.of({"format": "json", "records": "a.b"}),
    FileShape.of({"format": "fixed_width", "fields": [{"name": "a", "start": 1, "width": 3}]}),
]
SEEDS = [
    b"a,b\n1,2\n",
    b'a;b\r\n"1\r\n""2""";3\r\n',
    "a,b\né,2\n".encode("utf-16"),
    b'sep=;\na;b\n1;\\"x\n',
    b'{"a": {"b": 1}}\n{"a": null}\n',
    b'{"a": {"b": [{"c": 1}]}}',
    gzip.compress(b"a,b\n1,2\n"),
]


def seeds() -> list[bytes]:
    """Files to begin with: one of each kind, small."""
    import openpyxl
    import pandas as pd

    made = [io.BytesIO() for _ in range(3)]
    with zipfile.ZipFile(made[0], "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.active.append([1, "#REF!"])
    book.save(made[1])
    pd.DataFrame({"a": [1.5], "b": ["x"]}).to_parquet(made[2])
    return [*SEEDS, *(one.getvalue() for one in made)]


@cache
def connection() -> duckdb.DuckDBPyConnection:
    """One for all files: opening it takes longer than reading."""
    return duckdb.connect(config={"threads": 1})


def target(data: bytes) -> None:
    """Read a file in a folder of its own. Raises what a reader must not."""
    shape = SHAPES[data[0] % len(SHAPES)] if data else AS_IT_SAYS
    with tempfile.TemporaryDirectory() as folder, suppress(Refused):
        read_bytes(connection(), Path(folder), data[1:], shape)


def main() -> None:
    """Run it, from the seeds on unless a folder of files is given."""
    with tempfile.TemporaryDirectory() as corpus:
        for place, seed in enumerate(seeds()):
            for shape in range(len(SHAPES)):
                (Path(corpus) / f"{place}-{shape}").write_bytes(bytes([shape]) + seed)
        atheris.Setup([sys.argv[0], "-timeout=60", "-rss_limit_mb=4096", *sys.argv[1:], corpus], target)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
