"""Properties of reading: no bytes make it crash, and a table written in any dialect comes back cell for cell."""

import csv
import gzip
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from vm_pipeline.staging.reading import AS_IT_SAYS, FileShape, Refused
from vm_pipeline.staging.reading import rows as rows_of_files
from vm_pipeline_tests.staging.tables import read_bytes, shape

Rows = list[tuple[str, ...]]

# What breaks readers of text: quotes, line ends of every script, blanks, marks, signs of formulas, other scripts.
SIGNS = "ab1 é£,;|\t\"'\n\r\\#=-\u2028\u0085\x0b\x0c\u00a0\ufeff\U0001f600𠮷"
CELLS = st.text(st.sampled_from(SIGNS), max_size=6)
WORDS = st.text(st.sampled_from("abc é£1"), max_size=6)
TABLES = st.integers(2, 5).flatmap(lambda n: st.lists(st.tuples(*[CELLS] * n), min_size=1, max_size=8))


def header_of(rows: Rows) -> tuple[str, ...]:
    return tuple(f"h{place}" for place in range(len(rows[0])))


def cells(rows: Rows) -> list[tuple[str | None, ...]]:
    """Rows as they should come back: an empty cell is None."""
    return [tuple(cell or None for cell in row) for row in rows]


def trimmed(rows: list[tuple[str | None, ...]]) -> list[tuple[str | None, ...]]:
    return [tuple((cell or "").strip(" ") or None for cell in row) for row in rows]


def unfolded(rows: Rows, text: str) -> Rows:
    """Cells as they are meant in a text that has formulas: `="01"` is 01, so that Excel keeps the zero."""
    said = [tuple(re.sub(r'^\s*="([^"]*)"\s*$', r"\1", cell) for cell in row) for row in rows]
    return said if '="' in text else rows


def written(rows: Sequence[Sequence[str]], delimiter: str = ",", ends: str = "\n", always: bool = False) -> str:
    """Text with quotes where they are needed; Python's own writer leaves some line ends without."""

    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if always or set(text) & {delimiter, '"', "\r", "\n"} else text

    return "".join(delimiter.join(map(cell, row)) + ends for row in rows)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all examples: each writes its files anew."""
    return tmp_path_factory.mktemp("any")


LINES = st.lists(
    st.one_of(
        st.sampled_from(["a,b", "a;b;c", "1,2", '"1\n2",3', "", ",", '"', 'x"y,z', '"x"y,z', "sep=;", "# a", "\x1a"]),
        CELLS,
    ),
    max_size=12,
)
TEXT = st.builds(
    lambda lines, end, encoding: end.join(lines).encode(encoding, "replace"),
    LINES,
    st.sampled_from(["\n", "\r\n", "\r", "\n\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "utf-32"]),
)
STARTS = [
    b"",
    b"PK\x03\x04",
    b"PAR1",
    b"\x1f\x8b\x08",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"[{",
    b'{"a":',
    b"<html",
    b"\xff\xfe",
]
BYTES = st.builds(lambda start, rest: start + rest, st.sampled_from(STARTS), st.binary(max_size=60))
SHAPES = st.sampled_from(
    [
        AS_IT_SAYS,
        shape(delimiter=";", header_rows=2),
        shape(header_has=["A"], skip_lines={"x": "x"}),
        shape(no_header=["a", "b"]),
        shape(header_row=2, comment="#", footer=1),
        shape(delimiter="blanks", stop_at="z"),
        shape(quote="", escape="\\"),
        shape(format="json"),
        shape(format="workbook"),
        shape(encoding="utf-16"),
    ]
)


@given(content=st.one_of(TEXT, BYTES), how=SHAPES)
@example(content=b'a,b\n"1,2', how=AS_IT_SAYS)
@example(content=b"a\n" + b"x" * (3 << 20), how=AS_IT_SAYS)
@example(content=b'{"a": "\\ud800"}\n', how=AS_IT_SAYS)
@example(content=b"[" * 100_000, how=AS_IT_SAYS)
@example(content=b"{" + b'"a":{' * 100_000, how=AS_IT_SAYS)
@example(content=b",".join(b"h%d" % n for n in range(20_000)) + b"\n", how=AS_IT_SAYS)
def test_any_bytes_are_a_table_or_refused(
    con: duckdb.DuckDBPyConnection, folder: Path, content: bytes, how: FileShape
) -> None:
    try:
        found = read_bytes(con, folder, content, how)
    except Refused as why:
        assert why.code and str(why).endswith((".", "again"))
    else:
        assert all(len(row) == len(found.header) for row in found.rows)
        assert found.numbers == sorted(set(found.numbers))


@given(
    rows=TABLES,
    delimiter=st.sampled_from(",;\t|$^~:"),
    ends=st.sampled_from(["\n", "\r\n", "\r"]),
    always=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp1252"]),
    pack=st.sampled_from(["", "gz", "zip"]),
)
def test_text_in_any_dialect(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    rows: Rows,
    delimiter: str,
    ends: str,
    always: bool,
    encoding: str,
    pack: str,
) -> None:
    text = written([header_of(rows), *rows], delimiter, ends, always)
    try:
        content = text.encode(encoding)
    except UnicodeEncodeError:
        assume(False)
    how = AS_IT_SAYS if delimiter in ",;\t|" else shape(delimiter=delimiter)
    found = read_bytes(con, folder, packed(content, pack), how)
    # Spaces before a cell may be taken for some before a quote.
    assert trimmed(found.rows) == trimmed(cells(unfolded(rows, text)))
    assert found.numbers == list(range(1, len(rows) + 1))
    assert found.header == header_of(rows)


def packed(content: bytes, pack: str) -> bytes:
    if pack == "gz":
        return gzip.compress(content)
    if pack == "zip":
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as out:
            out.writestr("data.csv", content)
        return archive.getvalue()
    return content


@given(rows=TABLES, escape=st.booleans())
@example(rows=[("", ";", "\r", ";1"), ("", ";", "\r", ";")], escape=False)
@example(rows=[("", '=""'), ('="01"', "a")], escape=False)
@example(rows=[("", '="01"')], escape=True)
def test_text_that_is_read_row_by_row(con: duckdb.DuckDBPyConnection, folder: Path, rows: Rows, escape: bool) -> None:
    """The slow way gives what the fast way does."""
    how = {"escape": "\\"} if escape else {"skip_lines": {"nothing": "no such text"}}
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, **({"escapechar": "\\", "doublequote": False} if escape else {})).writerows(
        [header_of(rows), *rows]
    )
    found = read_bytes(con, folder, text.getvalue().encode(), shape(**how)).rows
    assert found == cells(unfolded(rows, text.getvalue()))


@given(rows=TABLES)
def test_json_and_json_lines(con: duckdb.DuckDBPyConnection, folder: Path, rows: Rows) -> None:
    records = [dict(zip(header_of(rows), row, strict=True)) for row in rows]
    for content in (json.dumps(records), "\n".join(map(json.dumps, records))):
        assert read_bytes(con, folder, content.encode()).rows == cells(rows)
    inner = json.dumps({"data": {"rows": [{"a": {"b": row[0]}, "c": row[1]} for row in rows]}})
    found = read_bytes(con, folder, inner.encode(), shape(records="data.rows"))
    assert (found.header, found.rows) == (("a.b", "c"), cells([row[:2] for row in rows]))


VALUES = st.sampled_from(
    [
        '"a"',
        '" b "',
        '""',
        "1.10",
        "-0",
        "1E5",
        "12345678901234567890",
        "null",
        "true",
        '"\\u00e9"',
        '"é\u2028"',
        '{"x": 1}',
        "01",
    ]
)
OBJECTS = st.lists(st.tuples(st.sampled_from(['"a"', '"a"', '"a"', '"c"']), VALUES, VALUES), min_size=1, max_size=6)


@given(objects=OBJECTS, space=st.sampled_from(["", " ", "\t"]), end=st.sampled_from(["\n", "\r\n", " \n"]))
def test_lines_of_json_are_the_list_of_them(
    con: duckdb.DuckDBPyConnection, folder: Path, objects: Rows, space: str, end: str
) -> None:
    """However a line is found to be flat, it gives what decoding gives: a list is always decoded."""
    lines = [f'{{{space}{key}{space}:{one}{space},{space}"b":{other}}}' for key, one, other in objects]
    found = [outcome(con, folder, content.encode()) for content in (end.join(lines), f"[{','.join(lines)}]")]
    assert found[0] == found[1]


def outcome(con: duckdb.DuckDBPyConnection, folder: Path, content: bytes) -> object:
    """What a file holds, or the code of its refusal."""
    try:
        found = read_bytes(con, folder, content)
    except Refused as why:
        return why.code
    return found.header, found.rows, found.numbers


CELL = st.sampled_from(["", "1", " a ", "Total", "End", "x"])
LINE = st.one_of(st.tuples(CELL, CELL), st.sampled_from([("h0", "h1"), ("Total", "End"), (" ",)]))


@given(lines=st.lists(LINE, max_size=14), footer=st.integers(0, 3), stop=st.booleans(), size=st.integers(2, 12))
def test_rules_take_the_rows_they_take_one_by_one(
    con: duckdb.DuckDBPyConnection, folder: Path, lines: Rows, footer: int, stop: bool, size: int
) -> None:
    """Rows are judged in pieces: wherever these begin, each has the rule, and the number, that it has by itself."""
    how = {
        "skip_lines": {"total": "^Total", "x": "x$"},
        "delimiter": ",",
        "footer": footer,
        "stop_at": "End" if stop else "",
    }
    content = "".join(",".join(line) + "\n" for line in [("h0", "h1"), *lines])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows_of_files, "_CELLS", size)
        found = read_bytes(con, folder, content.encode(), shape(**how))
    kept, left_out = one_by_one([line for line in lines if len(line) > 1], footer, stop)
    assert list(zip(found.numbers, found.rows, strict=True)) == [(number, *cells([row])) for number, row in kept]
    assert +Counter(found.left_out) == left_out


def one_by_one(rows: Rows, footer: int, stop: bool) -> tuple[list[tuple[int, tuple[str, ...]]], Counter[str]]:
    """Rows kept with their numbers, and how many are not, by why."""
    kept, left_out, ended = [], Counter[str](), False
    for number, row in enumerate(rows, 1):
        said = " ".join(cell.strip() for cell in row if cell.strip())
        if number > len(rows) - footer:
            left_out["of the `footer`"] += 1
        elif ended or (stop and "End" in said):
            ended = True
            left_out["from `stop_at` on"] += 1
        elif row == ("h0", "h1"):
            left_out["equal to the header"] += 1
        elif said.startswith("Total") or said.endswith("x"):
            left_out[f"`skip_lines` {'total' if said.startswith('Total') else 'x'}"] += 1
        else:
            kept.append((number, row))
    return kept, left_out


@given(rows=TABLES)
def test_parquet(con: duckdb.DuckDBPyConnection, folder: Path, rows: Rows) -> None:
    content = io.BytesIO()
    pd.DataFrame(rows, columns=header_of(rows), dtype="string").to_parquet(content)
    found = read_bytes(con, folder, content.getvalue())
    assert (found.header, found.rows) == (header_of(rows), cells(rows))


@given(rows=st.integers(2, 4).flatmap(lambda n: st.lists(st.tuples(*[WORDS] * n), min_size=1, max_size=6)))
def test_xlsx(con: duckdb.DuckDBPyConnection, folder: Path, rows: Rows) -> None:
    """Blank rows apart, which are none. A workbook may lose blanks around a text."""
    content = io.BytesIO()
    frame = pd.DataFrame([[cell or None for cell in row] for row in rows], columns=header_of(rows))
    frame.to_excel(content, index=False)
    found = read_bytes(con, folder, content.getvalue())
    filled = [(number, row) for number, row in enumerate(trimmed(cells(rows)), 1) if any(row)]
    assert list(zip(found.numbers, trimmed(found.rows), strict=True)) == filled
    assert found.header == header_of(rows)


def test_values_as_a_person_would_write_them(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    path = folder / "types.parquet"
    con.execute(
        "COPY (SELECT 12::DOUBLE a, 0.1::DOUBLE b, 1.10::DECIMAL(9,2) c, DATE '2022-07-01' d, "
        "TIMESTAMP '2022-07-01' e, "
        f"TIMESTAMP '2022-07-01 10:30' f, true g, {{'x': 1, 'y': NULL}} h, NULL::INT i) TO '{path}' (FORMAT parquet)"
    )
    found = read_bytes(con, folder, path.read_bytes())
    assert found.header == ("a", "b", "c", "d", "e", "f", "g", "h.x", "h.y", "i")
    assert found.rows == [
        ("12", "0.1", "1.10", "2022-07-01", "2022-07-01", "2022-07-01 10:30:00", "true", "1", None, None)
    ]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (
            b'{"a": 1.10, "b": 12345678901234567890}\n{"b": true, "a": null}\n',
            [("1.10", "1" + "2345678901234567890"), (None, "true")],
        ),
        (b'{"a": 1}\n' * 1500 + b'{"b": 2}\n', [("1", None)] * 1500 + [(None, "2")]),
    ],
)
def test_json_as_written(
    con: duckdb.DuckDBPyConnection, folder: Path, content: bytes, rows: list[tuple[str | None, ...]]
) -> None:
    found = read_bytes(con, folder, content)
    assert (found.header, found.rows) == (("a", "b"), rows)


@pytest.mark.parametrize(
    "content",
    [
        b'{"a": [1, 2]}\n',
        b'{"a": 1}\n[2]\n',
        b'{"a": 1}\n{"a": 2\n',
        b'{"a": 1, "a": 2}\n',
        b'{"a": {"b": 1}, "a.b": 2}\n',
        b'[{"a": 1}, 2]',
        b'{"a":\n1}',
    ],
)
def test_json_that_is_no_table(con: duckdb.DuckDBPyConnection, folder: Path, content: bytes) -> None:
    with pytest.raises(Refused) as why:
        read_bytes(con, folder, content)
    assert why.value.code == "not_a_table"


@pytest.mark.parametrize("width", [1, 2, 3000])
def test_rows_of_any_width(con: duckdb.DuckDBPyConnection, folder: Path, width: int) -> None:
    rows = [tuple(f"{row}.{place}" for place in range(width)) for row in range(3)]
    assert read_bytes(con, folder, written([header_of(rows), *rows]).encode()).rows == rows


def test_a_cell_of_ten_megabytes(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    large = "x, " * (10 << 20 // 3)
    assert read_bytes(con, folder, f'a,b\n1,"{large}"\n2,y\n'.encode()).rows == [("1", large), ("2", "y")]


def test_one_column_and_its_blank_lines(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Read fast or row by row, a blank line is no row."""
    for how in (AS_IT_SAYS, shape(skip_lines={"no": "nothing like it"})):
        found = read_bytes(con, folder, b"name\n\nSmith, J\n\n\nJones\n", how)
        assert (found.rows, found.numbers) == ([("Smith, J",), ("Jones",)], [1, 2])
