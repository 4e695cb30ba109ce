"""Files in archives, archives that would fill a disk, and files that are not what they are called."""

import gzip
import io
import struct
import zipfile
import zlib
from pathlib import Path

import duckdb
import openpyxl
import pytest

from vm_pipeline.staging.reading import Refused
from vm_pipeline_tests.staging.tables import read_bytes, shape

PLAIN = b"a,b\n1,2\n3,4\n"
ROWS = [("1", "2"), ("3", "4")]
SECRET = "Zebedee"


def zipped(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def book(*rows: list[object]) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def code_of(con: duckdb.DuckDBPyConnection, folder: Path, content: bytes, **how: object) -> str:
    """Why a file is refused; no message quotes it."""
    with pytest.raises(Refused) as why:
        read_bytes(con, folder, content, shape(**how))
    assert SECRET not in str(why.value)
    return why.value.code


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(gzip.compress(PLAIN), id="gz"),
        pytest.param(gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n"), id="gz in two parts"),
        pytest.param(zipped({"x.csv": PLAIN}), id="zip"),
        pytest.param(
            zipped({"in/": b"", "in/x.csv": PLAIN, "__MACOSX/._x.csv": b"?", ".DS_Store": b"?"}), id="folders"
        ),
        pytest.param(zipped({"../../../elsewhere/x.csv": PLAIN}), id="a name that leads elsewhere"),
        pytest.param(zipped({"/x.csv": PLAIN}), id="a name from the root"),
        pytest.param(gzip.compress(PLAIN.decode().encode("utf-16")), id="utf-16 in gz"),
        pytest.param(zipped({"x.xlsx": book(["a", "b"], [1, 2], [3, 4])}), id="a workbook in a zip"),
        pytest.param(gzip.compress(book(["a", "b"], [1, 2], [3, 4])), id="a workbook in a gz"),
    ],
)
def test_one_file_in_an_archive(con: duckdb.DuckDBPyConnection, tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    assert read_bytes(con, folder, content).rows == ROWS
    assert {path.name for path in tmp_path.iterdir()} == {"work"}
    assert all(path.name.startswith("sheet") for path in folder.rglob("*"))


def test_a_member_by_its_name(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    content = zipped({"data/GL_2022.csv": PLAIN, "readme.txt": b"x"})
    assert code_of(con, tmp_path, content) == "several_members"
    assert code_of(con, tmp_path, content, member="*.tsv") == "several_members"
    for member in ("gl_*.csv", "data/*"):
        assert read_bytes(con, tmp_path, content, shape(member=member)).rows == ROWS


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(gzip.compress(PLAIN)[:-10], "broken_archive", id="gz cut off"),
        pytest.param(gzip.compress(b""), "empty_file", id="gz of nothing"),
        pytest.param(gzip.compress(PLAIN) + b"rest", "broken_archive", id="gz with a rest"),
        pytest.param(zipped({"x.csv": PLAIN})[:-30], "broken_archive", id="zip cut off"),
        pytest.param(
            zipped({"x.csv": PLAIN}).replace(b"PK\x01\x02", b"PK\x01\x03"), "broken_archive", id="no directory"
        ),
        pytest.param(zipped({}), "several_members", id="zip of nothing"),
        pytest.param(gzip.compress(gzip.compress(PLAIN)), "broken_archive", id="gz in gz"),
        pytest.param(zipped({"x.zip": zipped({"x.csv": PLAIN})}), "broken_archive", id="zip in zip"),
        pytest.param(b"BZh91AY&SY", "broken_archive", id="bz2"),
        pytest.param(b"<html><table><tr><td>Zebedee</td></tr></table></html>", "not_a_table", id="html as xls"),
        pytest.param(b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "not_a_table", id="xml of 2003 as xls"),
        pytest.param("<html></html>".encode("utf-16"), "not_a_table", id="html in utf-16"),
        pytest.param(b"%PDF-1.7 Zebedee", "not_text", id="pdf"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "not_a_workbook", id="a broken xls"),
        pytest.param(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted", id="a password"
        ),
        pytest.param(b"PAR1" + b"\0" * 40 + b"PAR1", "not_a_table", id="broken parquet"),
        pytest.param(b" \n\t\n ", "empty_file", id="blanks"),
    ],
)
def test_what_is_no_table(con: duckdb.DuckDBPyConnection, tmp_path: Path, content: bytes, code: str) -> None:
    assert code_of(con, tmp_path, content) == code


def test_a_zip_under_a_password(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    content = bytearray(zipped({"x.csv": PLAIN}))
    content[6] |= 1  # in the file's own header
    content[content.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    assert code_of(con, tmp_path, bytes(content)) == "encrypted"


class TestGrowth:
    """A small file must not fill a disk or the memory, whatever it says of itself."""

    HUGE = b"\0" * (80 << 20)

    def test_gz(self, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
        assert code_of(con, tmp_path, gzip.compress(self.HUGE)) == "too_large"
        assert sum(path.stat().st_size for path in tmp_path.rglob("*.read")) < 70 << 20

    def test_zip(self, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
        assert code_of(con, tmp_path, zipped({"x.csv": self.HUGE})) == "too_large"

    def test_a_workbook(self, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
        content = zipped({"[Content_Types].xml": b"", "xl/worksheets/sheet1.xml": self.HUGE})
        assert code_of(con, tmp_path, content) == "too_large"

    def test_a_workbook_that_says_it_is_small(self, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
        content = zipped({"[Content_Types].xml": b"", "xl/worksheets/sheet1.xml": self.HUGE})
        size = struct.pack("<I", len(self.HUGE))
        assert content.count(size) == 2
        assert code_of(con, tmp_path, content.replace(size, struct.pack("<I", 100))) == "too_large"

    def test_a_sheet_with_far_corners(self, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
        made = openpyxl.Workbook()
        made.active["A1"], made.active["XFD1048576"] = "a", "b"
        content = io.BytesIO()
        made.save(content)
        assert code_of(con, tmp_path, content.getvalue()) == "too_large"

    def test_an_ods_that_repeats_a_cell(self, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
        cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/>'
        row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
        content = zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": row.encode()})
        assert code_of(con, tmp_path, content) == "too_large"

    def test_entities_that_multiply(self, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
        lols = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
        bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "{SECRET}">{lols}]>'.encode()
        content = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(book(["a", "b"], ["x", "y"]))) as source, zipfile.ZipFile(content, "w") as out:
            for one in source.namelist():
                data = source.read(one)
                if one == "xl/sharedStrings.xml":
                    data = bomb + data.partition(b"?>")[2].replace(b">x<", b">&l9;<")
                out.writestr(one, data)
        try:
            found = read_bytes(con, tmp_path, content.getvalue())
        except Refused as why:
            assert why.code == "not_a_workbook"
        else:
            assert SECRET not in str(found.rows)

    def test_crc_is_not_what_stops_it(self) -> None:
        """What these tests pack is really small: a ratio of a thousand."""
        assert len(zlib.compress(self.HUGE)) * 500 < len(self.HUGE)
