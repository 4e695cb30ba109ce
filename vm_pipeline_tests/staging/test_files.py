"""What a file is: encodings, delimiters, line ends, blank lines; and why one that is none is refused."""

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from vm_pipeline.sources.receipts import Receipt
from vm_pipeline.staging.batches import Staging
from vm_pipeline.staging.reading import read_sheet
from vm_pipeline.staging.reading.text import look_through
from vm_pipeline_tests.programme import LEDGER_LINE, Programme, Row, ledger
from vm_pipeline_tests.staging.tables import read, read_bytes

SECRET = "Zebedee Quux"  # stands in cells only, so it may be in no message


def rows_of(con: duckdb.DuckDBPyConnection, folder: Path, content: bytes) -> list[Row]:
    """A file's rows as read, row number first."""
    found = read_bytes(con, folder, content)
    return [(number, *cells) for number, cells in zip(found.numbers, found.rows, strict=True)]


def refusal(programme: Programme, content: bytes, name: str = "ledger/B1/2022-07.csv") -> tuple[str, str]:
    """Code and message of a file that is refused as a whole."""
    programme.send(name, content)
    programme.night()
    found = programme.summary()
    assert found.refused, found
    assert found.rows_received == 0
    assert SECRET.split()[1] not in found.refused_because
    return found.refused_code, found.refused_because


def as_parquet(row: Mapping[str, str]) -> bytes:
    """A file of one row."""
    content = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist([row]), content)
    return content.getvalue()


WITH_NUL = {**LEDGER_LINE, "account_code": "3001\0A"}  # in JSON it is written with a backslash, so no byte shows it
LINES = ledger({"narrative": "Café, 2 £"}, {"narrative": 'Stores "B"'}).encode()
TWO = [(1, "Café, 2 £"), (2, 'Stores "B"')]


class TestSpellingsOfAFile:
    """The same rows however the file is written."""

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(LINES, id="utf-8"),
            pytest.param(b"\xef\xbb\xbf" + LINES, id="utf-8 with a byte order mark"),
            pytest.param(LINES.decode().encode("cp1252"), id="cp1252"),
            pytest.param(LINES.replace(b"\n", b"\r\n"), id="windows line ends"),
            pytest.param(LINES.replace(b"\n", b"\r"), id="old mac line ends"),
            pytest.param(LINES.removesuffix(b"\n"), id="no line end at the end"),
            pytest.param(LINES.replace(b"\n", b"\n\n"), id="blank lines between"),
            pytest.param(LINES.replace(b"\n", b"\r\n\r\n"), id="windows blank lines between"),
            pytest.param(b"\n\n" + LINES, id="blank lines before the header"),
            pytest.param(b"\r\n" + LINES.replace(b"\n", b"\r\n"), id="a windows blank line before the header"),
            pytest.param(b"\xef\xbb\xbf\n" + LINES, id="a mark and a blank line before the header"),
            pytest.param(LINES + b"\n\n\n", id="blank lines at the end"),
            pytest.param(LINES.decode().encode("utf-16"), id="utf-16"),
            pytest.param(LINES.decode().encode("utf-16-be"), id="utf-16, the other way round, without a mark"),
            pytest.param(LINES.decode().encode("utf-16-le"), id="utf-16 without a mark"),
            pytest.param(LINES.decode().encode("utf-32"), id="utf-32"),
            pytest.param(LINES.replace(b"\n", b"\r\n", 1), id="line ends of two kinds"),
            pytest.param(LINES.replace(b"\n", b"\r\n", 1).replace(b",\n", b",\r", 1), id="line ends of three kinds"),
            pytest.param(LINES + b"\x1a", id="the end of file of MS-DOS"),
            pytest.param(b"sep=,\n" + LINES, id="a delimiter said in the first line"),
            pytest.param(LINES.replace(b",\n", b",,\n").replace(b"wte\n", b"wte,\n"), id="a delimiter too many"),
            pytest.param(LINES.replace(b",\n", b",,\n"), id="a delimiter too many, but in the header"),
        ],
    )
    def test_is_read_the_same(self, con: duckdb.DuckDBPyConnection, tmp_path: Path, content: bytes) -> None:
        assert [(row[0], row[10]) for row in rows_of(con, tmp_path, content)] == TWO

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_any_delimiter(self, programme: Programme, delimiter: str) -> None:
        rows = list(csv.reader(io.StringIO(ledger({"amount": "1,234.56"}, {"narrative": "a,b;c|d\te"}))))
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=delimiter).writerows(rows)
        programme.send("ledger/B1/2022-07.csv", text.getvalue())
        programme.night()
        assert programme.summary().rows_accepted == 2
        assert f"{programme.summary().accepted}" == "1244.56"

    def test_a_quoted_header(self, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
        assert rows_of(con, tmp_path, b'\xef\xbb\xbf"a","b\n c"\n1,2\n') == [(1, "1", "2")]

    def test_cp1252_beyond_latin_1(self, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
        """Curly quotes, the euro, a dash: DuckDB's own latin-1 gets them wrong."""
        assert rows_of(con, tmp_path, b"a,b\n\x93x\x94,\x80\x96\xa3\n") == [(1, "\u201cx\u201d", "€–£")]

    def test_a_pound_sign_makes_no_amount_unreadable(self, programme: Programme) -> None:
        programme.send("ledger/B1/2022-07.csv", ledger({"amount": "£12.50"}).encode("cp1252"))
        programme.night()
        assert f"{programme.summary().accepted}" == "12.50"

    def test_row_numbers_count_rows_below_the_header_blank_lines_apart(self, programme: Programme) -> None:
        head, *lines = ledger({}, {"amount": "?"}, {}, {"amount": "??"}).splitlines()
        programme.send("ledger/B1/2022-07.csv", "\n\n".join([head, *lines, ""]))
        programme.night()
        assert programme.rejected() == [(2, "bad_amount"), (4, "bad_amount")]

    def test_row_numbers_do_not_follow_quoted_newlines(self, programme: Programme) -> None:
        programme.ledger({"narrative": "one\ntwo\r\nthree"}, {"amount": "?"})
        programme.night()
        assert programme.rejected() == [(2, "bad_amount")]

    def test_every_kind_of_blank_around_a_cell(self, programme: Programme) -> None:
        programme.ledger(
            {"amount": "\t10.00\u00a0", "cost_centre_code": "\u200b r1 \u202f", "posting_date": "\n2022-07-12 "},
            {"wte": " \u00a0 ", "supplier_code": "\u00a0"},
        )
        programme.night()
        assert programme.accepted("cost_centre_code, amount::VARCHAR, supplier_code, wte") == [
            ("R1", "10.00", "SUP7", None),
            ("R1", "10.00", None, None),
        ]

    @pytest.mark.parametrize("cell", ["10.00\n ", " \n10.00", "\n 10.00", "10.00 \n  "])
    def test_line_ends_and_spaces_around_a_cell(self, programme: Programme, cell: str) -> None:
        """Each file has no other odd blank that would give it away."""
        programme.ledger({"amount": cell})
        programme.night()
        assert f"{programme.summary().received}" == "10.00"

    def test_blanks_far_into_a_large_file(self, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
        """A file with none is trimmed the quick way; the look for one must not stop early or fall between pieces."""
        for around in range(-4, 4):
            start = b"a,b\n" + b"x,y\n" * (2**18 - 2)
            content = start + b"z" * (2**20 - len(start) - 2 + around) + b",\xc2\xa0y\n"
            path = tmp_path / "large.csv"
            path.write_bytes(content)
            assert read_sheet(path, tmp_path).odd_blanks


SIGNS = {"spaced_quotes": [', "'], "slashed": ['\\"', "\\,"], "as_formulas": ['="']}
IN_QUOTES = ['\n"', '\r"', "\n ", "\r ", ',"\n', ',"\r', '," ']  # blanks at the ends of a quoted cell


@given(
    pieces=st.lists(st.sampled_from([*',"=\\ \n\ra', "head", *(sign for signs in SIGNS.values() for sign in signs)])),
    header=st.sampled_from(["head", "a", "", '"']),
)
def test_a_look_finds_each_sign_where_it_is(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str], header: str
) -> None:
    """Signs are sought beside quotes and line ends alone; the text may begin or end with one."""
    path, text = tmp_path_factory.mktemp("look") / "text.csv", "".join(pieces)
    path.write_bytes(text.encode())
    found = look_through(path, ",", header.encode())
    told = {name: any(sign in text for sign in signs) for name, signs in SIGNS.items()}
    assert {name: getattr(found, name) for name in SIGNS} == told
    assert found.repeated == any(end + header in text for end in "\n\r")
    assert found.odd_blanks == ('"' in text and any(sign in text for sign in IN_QUOTES))


CELLS = st.text(st.sampled_from("ab é£,;|\t\"'\n\r\\#-0 "), max_size=6)


@given(
    table=st.integers(2, 5).flatmap(lambda n: st.lists(st.tuples(*[CELLS] * n), min_size=1, max_size=8)),
    delimiter=st.sampled_from(",;\t|"),
    ends=st.sampled_from(["\n", "\r\n"]),
    always=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
)
def test_any_written_table_is_read_back(
    con: duckdb.DuckDBPyConnection,
    tmp_path_factory: pytest.TempPathFactory,
    table: list[tuple[str, ...]],
    delimiter: str,
    ends: str,
    always: bool,
    encoding: str,
) -> None:
    """Cells with quotes, delimiters and line ends, in file order; empty cells apart, which are NULL.

    Blanks before a cell are lost where a quote stands behind a delimiter and a space: some systems write that.
    """

    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if always or set(text) & {delimiter, '"', "\r", "\n"} else text

    header = tuple(f"h{i}" for i in range(len(table[0])))
    text = "".join(delimiter.join(map(cell, row)) + ends for row in [header, *table])
    found = rows_of(con, tmp_path_factory.mktemp("table"), text.encode(encoding))
    sent = [(n, *(cell or None for cell in row)) for n, row in enumerate(table, 1)]
    assert found == sent or (f'{delimiter} "' in text and _unspaced(found) == _unspaced(sent))


def _unspaced(rows: list[tuple[object, ...]]) -> list[list[str]]:
    return [[str(cell or "").lstrip(" ") for cell in row] for row in rows]


BODY = ledger({"narrative": SECRET}, {"narrative": SECRET}).encode()


class TestRefusals:
    """A refused file says what was found and expected, and never what a cell holds."""

    @pytest.mark.parametrize("content", [b"", b"\n\r\n\n", b"\xef\xbb\xbf"])
    def test_nothing_in_it(self, programme: Programme, content: bytes) -> None:
        assert refusal(programme, content)[0] == "empty_file"

    def test_a_header_alone_is_an_extract_of_no_rows(self, programme: Programme) -> None:
        programme.send("ledger/B1/2022-07.csv", BODY.splitlines()[0])
        programme.night()
        assert (programme.summary().refused, programme.summary().rows_received) == (False, 0)

    def test_cut_in_the_middle_of_a_row(self, programme: Programme) -> None:
        code, said = refusal(programme, BODY[: BODY.rindex(b",10.00") - 3])
        assert code == "broken_rows"
        assert "row 2, expected 12" in said
        assert "cut off" in said

    def test_cut_inside_quotes(self, programme: Programme) -> None:
        cut = BODY.replace(SECRET.encode(), b'"' + SECRET.encode() + b', 2"')
        code, said = refusal(programme, cut[: cut.rindex(b", 2")])
        assert code == "broken_rows"
        assert "a quote that is not closed" in said
        assert "after row 1" in said

    @pytest.mark.parametrize(
        ("line", "cells"), [(b"B1,2022/23," + SECRET.encode(), 3), (BODY.splitlines()[1] + b",x,y", 14)]
    )
    def test_ragged_rows(self, programme: Programme, line: bytes, cells: int) -> None:
        code, said = refusal(programme, BODY + line + b"\n" + BODY.splitlines()[1] + b"\n")
        assert code == "broken_rows"
        assert f"{cells} cells in row 3, expected 12" in said
        assert "cut off" not in said

    def test_ragged_rows_below_blank_lines(self, programme: Programme) -> None:
        assert "row 3, expected 12" in refusal(programme, b"\n\n" + BODY + b"\n\nB1\n")[1]

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(BODY + b"\0\0", id="NUL bytes"),
            pytest.param(json.dumps([WITH_NUL]).encode(), id="a NUL in JSON"),
            pytest.param(as_parquet(WITH_NUL), id="a NUL in Parquet"),
            pytest.param(BODY + b"caf\xe9 \x81\n", id="neither UTF-8 nor cp1252"),
        ],
    )
    def test_no_text(self, programme: Programme, content: bytes) -> None:
        assert refusal(programme, content)[0] == "not_text"

    @pytest.mark.parametrize("start", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
    def test_a_broken_workbook(self, programme: Programme, start: bytes) -> None:
        assert refusal(programme, start + BODY)[0] in ("not_a_workbook", "broken_archive")

    def test_no_header(self, programme: Programme) -> None:
        """The first row must not be quoted as if it were one."""
        row = ",".join([SECRET, SECRET, "provider_cod", *["x"] * 9])
        code, said = refusal(programme, f"{row}\n{row}\n".encode())
        assert code == "missing_header"
        assert "'provider_code'" in said

    def test_one_refused_batch_does_not_stop_the_others(self, programme: Programme) -> None:
        programme.send("ledger/B1/2022-07.csv", b"")
        programme.ledger({}, period="2022-08")
        programme.night()
        assert programme.summary("ledger/B1/2022-07").refused
        assert programme.summary("ledger/B1/2022-08").rows_accepted == 1


class TestPaths:
    """A home may be called anything."""

    @pytest.mark.parametrize("name", ["it's [a] home", 'st*r {b} "q"', "Gesundheit ünïcode"])
    def test_from_landing_to_warehouse(self, tmp_path: Path, name: str) -> None:
        programme = Programme(tmp_path / name)
        programme.reference("cost_centre_map", "B1,R1,T1,1,,")
        programme.ledger({}, {"amount": "?"})
        programme.send("activity/B1/2022-07.csv", "")
        programme.night()
        con = programme.marts()
        assert con.execute("SELECT team_code, direct_cost_gbp, other_gbp FROM vm.team_month").fetchall() == [
            ("T1", 0, 10)
        ]
        assert programme.rejected("ledger/B1/2022-07") == [(2, "bad_amount")]
        programme.close()

    def test_a_name_that_would_be_a_pattern_reads_only_itself(
        self, con: duckdb.DuckDBPyConnection, tmp_path: Path
    ) -> None:
        (tmp_path / "t.csv").write_bytes(b"a,b\n1,2\n")
        (tmp_path / "[t].csv").write_bytes(b"a,b\n3,4\n")
        assert read(con, tmp_path / "[t].csv").rows == [("3", "4")]


def test_a_full_disk_is_no_fault_of_the_file(programme: Programme, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stops the night; a refusal would stay for good."""

    def full(*_: object, **__: object) -> list[str]:
        raise duckdb.IOException("No space left on device")

    programme.ledger({})
    programme.receive()
    with monkeypatch.context() as patch:
        patch.setattr("vm_pipeline.staging.load.judging.judge", full)
        with pytest.raises(duckdb.IOException):
            programme.staging.stage(programme.receipts())
    assert not programme.staging.is_staged(programme.receipt())
    programme.night()
    assert programme.summary().rows_accepted == 1


def test_staging_leaves_nothing_half_done(programme: Programme, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stops it, a batch is staged whole or not at all, and no working file stays."""

    def killed(self: Staging, receipt: Receipt, workers: object) -> Receipt:
        raise KeyboardInterrupt

    programme.ledger({})
    programme.receive()
    with monkeypatch.context() as patch:
        patch.setattr(Staging, "_stage", killed)
        with pytest.raises(KeyboardInterrupt):
            programme.staging.stage(programme.receipts())
    assert [path.name for path in programme.staging.root.rglob("*") if path.is_file()] == ["lock"]


def test_nothing_is_staged_twice(programme: Programme) -> None:
    programme.ledger({})
    programme.night()
    written = {path: path.stat().st_mtime_ns for path in programme.staging.root.rglob("*.parquet")}
    assert programme.staging.stage(programme.receipts()) == 0
    assert written == {path: path.stat().st_mtime_ns for path in programme.staging.root.rglob("*.parquet")}


def test_a_summary_survives_its_way_to_disk(programme: Programme) -> None:
    programme.ledger({"amount": "0.10"}, {"amount": "?"}, {"period": "5"})
    programme.night()
    found = programme.summary()
    assert type(found).from_json(found.to_json()) == found
    assert json.loads(found.to_json())["received"] == "10.10"
