"""What a layout may say of a file, key by key; and what is wrong with one that cannot be."""

import json
from pathlib import Path

import duckdb
import pytest

from vm_pipeline.keys import read
from vm_pipeline.sources.files import FilesKeys
from vm_pipeline.sources.period import PeriodRule
from vm_pipeline.staging.layouts import Layout
from vm_pipeline.staging.reading import AS_IT_SAYS, FileShape, Refused
from vm_pipeline_tests.programme import Programme, ledger
from vm_pipeline_tests.staging.tables import Table, read_bytes, shape

REPORT = """Ledger of the day,,
,,

CC,Code,Net
R1,6001,1.00
R1,6002,2.00
Total R1,,3.00
CC,Code,Net
R2,6001,4.00
*** End of report ***
Printed by,nobody,in particular
"""


@pytest.fixture
def of(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> "Reader":
    return Reader(con, tmp_path)


class Reader:
    """Reads text as a layout says."""

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._con, self._folder = con, folder

    def __call__(self, text: str | bytes, **how: object) -> Table:
        content = text.encode() if isinstance(text, str) else text
        return read_bytes(self._con, self._folder, content, shape(**how))


class TestReports:
    """Rows left out are counted under their rule, and keep their numbers."""

    def test_preamble_subtotals_page_headers_and_trailer(self, of: Reader) -> None:
        found = of(REPORT, header_has=["net", "cc"], skip_lines={"subtotal": "^Total "}, stop_at=r"^\*\*\* End")
        assert found.header == ("CC", "Code", "Net")
        assert found.rows == [("R1", "6001", "1.00"), ("R1", "6002", "2.00"), ("R2", "6001", "4.00")]
        assert found.left_out == {
            "above the header": 1,
            "`skip_lines` subtotal": 1,
            "equal to the header": 1,
            "from `stop_at` on": 2,
        }

    def test_row_numbers_lead_back_to_the_file(self, of: Reader) -> None:
        found = of(REPORT, header_row=4, skip_lines={"other": "^(Total|[*]|Printed)"})
        lines = REPORT.splitlines()
        assert [lines[found.sheet.header_row + number - 1].split(",") for number in found.numbers] == [
            list(row) for row in found.rows
        ]

    def test_a_footer(self, of: Reader) -> None:
        found = of("a,b\n1,2\n3,4\n\nTotal\n5 rows\n", footer=2)
        assert found.rows == [("1", "2"), ("3", "4")]
        assert found.left_out == {"of the `footer`": 2}

    @pytest.mark.parametrize("how", [{"header_has": ["Gross"]}, {"header_row": 99}])
    def test_no_such_header(self, of: Reader, how: dict[str, object]) -> None:
        with pytest.raises(Refused) as why:
            of(REPORT, **how)
        assert why.value.code == "no_header"

    def test_a_ragged_row_that_no_rule_takes(self, of: Reader) -> None:
        with pytest.raises(Refused, match=r"found 1 cells in row 6, expected 3"):
            of(REPORT, header_row=4, skip_lines={"subtotal": "^Total "})

    def test_rules_far_into_a_large_file(self, of: Reader) -> None:
        """Rows are looked at in pieces: a rule counts in each of them, and numbers go on."""
        page = "".join(f"{n},x\n" for n in range(29_999)) + "Total,\n"
        found = of("a,b\n" + page * 2, skip_lines={"total": "^Total"})
        assert found.left_out == {"`skip_lines` total": 2}
        assert found.numbers == [n for n in range(1, 60_000) if n != 30_000]

    def test_where_the_table_ends_far_before_the_file(self, of: Reader) -> None:
        """Nothing after it comes back, however much there is, and a footer there is counted, too."""
        found = of("a,b\n1,x\nEnd,\n" + "2,y\n" * 60_000, stop_at="^End", footer=2)
        assert (found.rows, found.numbers) == ([("1", "x")], [1])
        assert found.left_out == {"of the `footer`": 2, "from `stop_at` on": 59_999}

    def test_rules_are_searched_one_by_one(self, of: Reader) -> None:
        """Each is an expression by itself, with flags and groups of its own."""
        rules = {"total": "(?i)^total", "twice": r"^(\w)\1 "}
        found = of("a,b\nTOTAL,1\nxx,2\nxy,3\nend,4\n", skip_lines=rules, stop_at="(?i)^END")
        assert found.rows == [("xy", "3")]
        assert found.left_out == {"`skip_lines` total": 1, "`skip_lines` twice": 1, "from `stop_at` on": 1}


class TestHeaders:
    def test_several_rows_joined_and_filled_to_the_right(self, of: Reader) -> None:
        found = of(",Inpatients,,Outpatients,\nWard,Beds,Days,Beds,Days\nW1,1,2,3,4\n", header_rows=2)
        assert found.header == ("Ward", "Inpatients Beds", "Inpatients Days", "Outpatients Beds", "Outpatients Days")
        assert (found.numbers, found.sheet.header_row) == ([1], 2)

    def test_a_column_with_nothing_in_the_last_header_row(self, of: Reader) -> None:
        """Text above it, of a cell merged downwards, is its name; that of its neighbour is not."""
        found = of("Ward,Beds,,Notes\n,Used,,\nW1,1,,x\n", header_rows=2)
        assert found.header == ("Ward", "Beds Used", "", "Notes")

    def test_none(self, of: Reader) -> None:
        found = of("1,2\n3,4\n", no_header=["a", "b"])
        assert (found.header, found.rows, found.numbers) == (("a", "b"), [("1", "2"), ("3", "4")], [1, 2])

    def test_none_and_a_row_too_wide(self, of: Reader) -> None:
        with pytest.raises(Refused, match="found 3 cells in row 2, expected 2"):
            of("1,2\n3,4,5\n", no_header=["a", "b"])

    def test_text_under_no_header_is_told(self, of: Reader) -> None:
        found = of("a,,c\n1,x,2\n3,,4\n")
        assert [(note.code, note.rows) for note in found.sheet.notes] == [("unnamed_column", 1)]


class TestSigns:
    @pytest.mark.parametrize("sign", ["$", "^", "~", " ", "'", "\\", "*", "\u00a6"])
    def test_any_delimiter(self, of: Reader, sign: str) -> None:
        assert of(f"a{sign}b\n1{sign}2,3;4\n", delimiter=sign).rows == [("1", "2,3;4")]

    def test_runs_of_blanks(self, of: Reader) -> None:
        found = of('code   name \t n\nR1\t"Ward  one"   3  \n', delimiter="blanks")
        assert found.rows == [("R1", "Ward  one", "3")]

    def test_another_quote(self, of: Reader) -> None:
        assert of("a,b\n'1,2',3\"\n", quote="'").rows == [("1,2", '3"')]

    def test_no_quote(self, of: Reader) -> None:
        assert of('a,b\n"1,2"\n', quote="").rows == [('"1', '2"')]

    def test_a_comment_is_none_within_quotes(self, of: Reader) -> None:
        found = of('# by "nobody\na,b\n"1\n# 2",3\n# x\n', comment="#")
        assert found.rows == [("1\n# 2", "3")]
        assert found.left_out == {"lines of comment": 2}

    @pytest.mark.parametrize("encoding", ["cp850", "utf-16-le", "iso-8859-7", "mac_roman"])
    def test_an_encoding(self, of: Reader, encoding: str) -> None:
        text = "a,b\nα,2\n" if encoding == "iso-8859-7" else "a,b\né,2\n"
        assert of(text.encode(encoding), encoding=encoding).rows[0][0] == text[4]

    def test_an_encoding_that_it_is_not(self, of: Reader) -> None:
        with pytest.raises(Refused) as why:
            of(b"a,b\n\xff\xfe,2\n", encoding="utf-8")
        assert why.value.code == "not_text"


FIELDS = [{"name": "code", "start": 1, "width": 4}, {"name": "net", "start": 8, "width": 6}]


class TestFixedWidth:
    def test_by_places(self, of: Reader) -> None:
        found = of("R1  xxx  1.00\n\nR2  x\u2028x  2\n", format="fixed_width", fields=FIELDS)
        assert found.header == ("code", "net")
        assert found.rows == [("R1", "1.00"), ("R2", "2")]

    def test_a_report(self, of: Reader) -> None:
        text = "REPORT\nCODE      NET\nR1      1.00\nTotal   1.00 and more\n"
        found = of(text, format="fixed_width", fields=FIELDS, header_row=2, skip_lines={"total": "^Tota"})
        assert (found.rows, found.numbers) == ([("R1", "1.00")], [1])
        assert [note.code for note in found.sheet.notes] == ["skipped_rows", "skipped_rows", "text_beyond"]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"delimeter": ";"}, "The closest is 'delimiter'"),
        ({"format": "xml"}, "found no format"),
        ({"encoding": "utf-9"}, "expected one that Python knows"),
        ({"encoding": "base64"}, "expected one that Python knows"),
        ({"delimiter": "||"}, "expected one character"),
        ({"delimiter": '"'}, "the same"),
        ({"quote": "\n"}, "line ends"),
        ({"header_row": -1}, "header_row .* greater than or equal to 0"),
        ({"header_row": "3"}, "header_row .* integer"),
        ({"header_row": True}, "header_row .* integer"),
        ({"header_rows": 0}, "header_rows .* greater than or equal to 1"),
        ({"header_row": 1, "no_header": ["a"]}, "expected one of them"),
        ({"header_has": "a"}, "found no header_has"),
        ({"skip_lines": ["a"]}, "found no skip_lines"),
        ({"skip_lines": {"a": "("}}, "expected a regular expression"),
        ({"stop_at": "*"}, "expected a regular expression"),
        ({"format": "fixed_width"}, "both or neither"),
        ({"fields": FIELDS}, "both or neither"),
        ({"format": "fixed_width", "fields": [{"name": "a"}]}, "found no start"),
        ({"format": "fixed_width", "fields": [{"name": "a", "start": 0, "width": 1}]}, "found no start"),
    ],
)
def test_what_it_may_not_say(table: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read(FileShape, table)


def test_it_survives_its_way_to_landing() -> None:
    """A layout is stored as JSON; keys that say nothing are not, so that new ones change no layout."""
    table = {"format": "fixed_width", "fields": FIELDS, "skip_lines": {"total": "^T"}, "sheets": ["A", "B"]}
    layout = Layout.of({"columns": {"a": "b"}, "file": table})
    assert Layout.from_json(layout.to_json()).file == layout.file
    assert Layout.from_json(layout.to_json()).to_json() == layout.to_json()
    assert json.loads(Layout.of({"columns": {"a": "b"}}).to_json())["file"] == AS_IT_SAYS.to_table() == {}


def test_left_out_rows_are_warnings_of_the_batch(programme: Programme, tmp_path: Path) -> None:
    """And a rejected row is found in the file by its number."""
    head, *lines = ledger({}, {"amount": "?"}, {"line_no": "3"}).splitlines()
    (tmp_path / "gl.csv").write_text("\n".join(["Ledger", head, lines[0], "Total", *lines[1:], head]))
    columns = {name: name for name in head.split(",")}
    file = {"header_has": ["journal_id"], "skip_lines": {"total": "^Total"}}
    layout = Layout.of({"columns": columns, "file": file}).to_json()
    keys = FilesKeys(feed="ledger", provider="B1", files="gl.csv", period=PeriodRule(covers="2022-07"))
    programme.sources.append(keys.source(tmp_path, "B1", layout))
    programme.drop.mkdir(parents=True)
    programme.night()
    found = programme.summary()
    assert found.rows_received == 3
    assert programme.rejected() == [(3, "bad_amount")]
    assert {(one.rows, one.message) for one in found.warnings if one.code == "skipped_rows"} == {
        (1, "1 rows left out: above the header"),
        (1, "1 rows left out: `skip_lines` total"),
        (1, "1 rows left out: equal to the header"),
    }


@pytest.mark.parametrize("said", ["sep=;", '"sep=;"', "SEP=;"])
def test_a_first_line_that_says_the_delimiter_is_no_header(of: Reader, said: str) -> None:
    found = of(f"{said}\r\na;b\r\n1,5;2\r\n")
    assert (found.header, found.rows) == (("a", "b"), [("1,5", "2")])


def test_the_header_s_row_counts_blank_rows_at_the_start(of: Reader) -> None:
    found = of("\n\nTitle\na,b\n1,2\n", header_row=4)
    assert (found.header, found.rows) == (("a", "b"), [("1", "2")])


def test_marks_that_nobody_sees_are_no_part_of_a_header(of: Reader) -> None:
    assert of("\ufeff\ufeffa,\u200bb\n1,2\n").header == ("a", "b")


def test_a_text_behind_an_equals_sign_is_the_text(of: Reader) -> None:
    found = of('a,b\n="0123",="x"\n"=""0456""",=1\n')
    assert found.rows == [("0123", "x"), ("0456", "=1")]


def test_of_json_that_is_no_table_the_reason_is_told(of: Reader) -> None:
    with pytest.raises(Refused, match=r"a list within an object in row 1, at 'data'.*`file\.records`"):
        of('{"data": [{"a": 1}], "total": 1}')
    with pytest.raises(Refused, match="an object has a key twice"):
        of('[{"a": 1, "a": 2}]')


def test_a_web_page_in_an_envelope_is_no_table(of: Reader) -> None:
    with pytest.raises(Refused, match="HTML or XML"):
        of("MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<html>\r\n")
