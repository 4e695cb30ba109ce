"""What is told of a file: everything the reader understood, and nothing of what its cells say."""

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from vm_pipeline.cli import main
from vm_pipeline_tests.night.test_canary import CANARIES, NAME
from vm_pipeline_tests.proposal.drafting import look
from vm_pipeline_tests.proposal.test_drafts import HEAD, month, written

NUMBERS = ("943 476 5919", "987 654 4321", "400 000 0004", "401 023 2137")


def inspect(path: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["inspect", str(path), *options])


def figures(path: Path, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(inspect(path, "--json", *options).stdout)
    return found


def kinds(folder: Path, **columns: list[str]) -> dict[str, str]:
    rows = list(zip(*columns.values(), strict=True))
    found = look(written(folder, "x.csv", [list(columns), *map(list, rows)]), folder)
    return {column.name: column.kind for column in found.columns}


def test_kinds_of_columns(tmp_path: Path) -> None:
    assert kinds(
        tmp_path,
        money=["1.50", "-2.00", "1,000.00"],
        comma=["1,50", "2,00", "-3,10"],
        whole=["10", "200", "3000"],
        code=["R1", "R20", "A-3"],
        zeros=["001", "02", "3"],
        day=["01/04/2022", "13/04/2022", "30/04/2022"],
        month=["Apr-22", "May-22", "Jun-22"],
        year=["2022/23", "2022/23", "2021/22"],
        period=["1", "2", "12"],
        flag=["yes", "no", "Y"],
        text=["two words", "and three words", "more of them"],
        empty=["", "", ""],
    ) == {
        "money": "money",
        "comma": "money, decimal comma",
        "whole": "integer",
        "code": "code",
        "zeros": "code",
        "day": "date",
        "month": "month",
        "year": "financial year",
        "period": "period",
        "flag": "flag",
        "text": "text",
        "empty": "empty",
    }


@pytest.mark.parametrize(
    ("texts", "odd"),
    [
        (["001", "2"], "leading zeros"),
        (["12E345", "A1"], "like 12E345, which a spreadsheet takes for a number"),
        (["12.50-", "1.00"], "minus sign at the end"),
        (["(12.50)", "1.00"], "amounts in brackets"),
        (["12.50CR", "1.00"], "CR or DR"),
        (["£5", "1.00"], "pound sign"),
        (["1.005", "1.00"], "more than two decimals"),
        (["n/a", "1.00"], "text for nothing"),
        (["31/12/2022", "12/31/2022"], "days and months in both orders"),
    ],
)
def test_odd_things(tmp_path: Path, texts: list[str], odd: str) -> None:
    (column,) = look(written(tmp_path, "x.csv", [["head"], *([text] for text in texts)]), tmp_path).columns
    assert odd in column.odd


def test_which_forms_of_dates_fit(tmp_path: Path) -> None:
    rows = [["a", "b"], ["13/04/2022", "02/04/2022"], ["12/04/2022", "03/04/2022"]]
    one, either = look(written(tmp_path, "x.csv", rows), tmp_path).columns
    assert one.fitting == ["%d/%m/%Y"]
    assert set(either.fitting) == {"%d/%m/%Y", "%m/%d/%Y"}
    assert either.months["%d/%m/%Y"] == ("2022-04", 1.0)


def test_header_totals_and_blank_rows(tmp_path: Path) -> None:
    blank, total = [""] * 6, ["Grand total", "", "", "", "", "999.00"]
    path = written(tmp_path, "x.csv", [["Ledger extract", *[""] * 5], blank, HEAD, *month(4), blank, total])
    told = figures(path)
    assert (told["header_row"], told["rows"]) == (3, 13)
    assert told["odd_rows"] == {
        "blank rows": {"rows": 1, "first": [12]},
        "rows that seem to be totals": {"rows": 1, "first": [13]},
    }


def test_the_table_as_it_was_read(tmp_path: Path) -> None:
    path, target = written(tmp_path, "x.csv", [["a", "a", ""], [" 1 ", "two", "3"]], ";"), tmp_path / "out.csv"
    assert inspect(path, "--to", str(target)).exit_code == 0
    with target.open(newline="") as file:
        assert list(csv.reader(file)) == [["row", "a", "a (2)", "column 3"], ["1", "1", "two", "3"]]


def test_a_layout_says_how_to_read(tmp_path: Path) -> None:
    path = written(tmp_path, "x.csv", [["note", ""], ["a", "b"], ["1", "2"]])
    config = tmp_path / "vm.toml"
    config.write_text('[layout.odd.file]\nheader_row = 2\n[layout.odd.columns]\namount = "b"\n', "utf-8")
    told = figures(path, "--layout", "odd", "--config", str(config))
    assert [column["name"] for column in told["columns"]] == ["a", "b"]
    assert inspect(path, "--layout", "no", "--config", str(config)).exit_code == 2
    assert inspect(path, "--layout", "odd").exit_code == 2
    config.write_text('[layout.odd.file]\nheader_row = "2"\n[layout.odd.columns]\namount = "b"\n', "utf-8")
    said = inspect(path, "--layout", "odd", "--config", str(config))
    assert said.exit_code == 2
    assert 'found header_row = "2", expected a whole number ≥ 0.' in said.stderr


def test_one_column_of_several_names_is_told(tmp_path: Path) -> None:
    path = tmp_path / "dollars.csv"
    path.write_text("Trust$Meals$Cost (£)\nR1$10$3.50\n", "utf-8")
    assert figures(path)["notes"] == [
        "found one column, with '$' 2 times in its header, expected several. If it parts the cells, say "
        '`delimiter = "$"` in `[layout.<name>.file]`.'
    ]
    refused = CliRunner().invoke(main, ["propose", str(path), "--feed", "ledger"])
    assert refused.exit_code == 1
    assert "(one_column): dollars.csv: found one column" in refused.output


def test_a_header_with_the_letters_of_a_postcode_in_a_word_is_a_header(tmp_path: Path) -> None:
    path = tmp_path / "waits.csv"
    path.write_text("HBT,NumberOver12HoursEpisode\nS08000015,3\n", "utf-8")
    assert [column["name"] for column in figures(path)["columns"]] == ["HBT", "NumberOver12HoursEpisode"]


def test_a_sheet_of_a_workbook(tmp_path: Path) -> None:

    book, path = openpyxl.Workbook(), tmp_path / "x.xlsx"
    book.active.append(["not this"])  # type: ignore[union-attr]
    other = book.create_sheet("Data")
    for row in (["a", "b"], [1, "x"], [2, "y"]):
        other.append(row)
    book.save(path)
    told = figures(path, "--sheet", "Data")
    assert (told["format"], told["sheets"], told["rows"]) == ("workbook", ["Data"], 2)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4 x", b"a,b\n1,2,3\n"])
def test_a_file_that_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    said = inspect(path)
    assert said.exit_code == 1
    assert "Refused (" in said.output
    assert json.loads(inspect(path, "--json").stdout)["refused"]


def test_nothing_of_people_is_told(tmp_path: Path) -> None:
    """Identifiers and names, in cells, in a header that is none, on the screen and as figures."""
    rows = [[text, NAME, "1.00"] for text in CANARIES]
    for head in (["Reference", "Payee", "Amount"], rows[0]):
        path = written(tmp_path, "x.csv", [head, *rows[1:]])
        told = inspect(path).output + inspect(path, "--json").output
        assert [text for text in (*CANARIES, NAME) if text in told] == []
    book = openpyxl.Workbook()
    book.active.title = "of 0101011237"
    for row in (["Payee", "Amount"], ["x", 1811431232]):  # the sum of one row is its cell
        book.active.append(row)
    path = tmp_path / "x.xlsx"
    book.save(path)
    told = inspect(path).output + inspect(path, "--json").output
    assert "of ?" in told
    assert "0101011237" not in told and "1811431232" not in told.replace(",", "")


def test_columns_of_people_are_named_with_their_rate(tmp_path: Path) -> None:
    rows = [["Ref", "Payee", "Patient"], *([number, f"Mrs {NAME}", "x"] for number in NUMBERS)]
    personal = {column["name"]: column["personal"] for column in figures(written(tmp_path, "x.csv", rows))["columns"]}
    assert personal["Ref"] == "NHS number by every sign: 3 of 4 different texts of that shape, 75.0 %"
    assert personal["Payee"] == "names of people: 4 begin with a title"
    assert personal["Patient"] == "something of people, as its header says"


def test_a_file_whose_first_line_says_its_delimiter_has_its_header_below(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("sep=;\nday;amount\n2022-07-01;1\n2022-07-02;2\n")
    told = figures(path)
    assert (told["header_row"], told["rows"], told["notes"]) == (2, 2, [])
    assert [column["name"] for column in told["columns"]] == ["day", "amount"]


@pytest.mark.parametrize("row", ['"Big" Trust,1', '"never closed,1'], ids=["stray quotes", "open quote"])
def test_a_broken_file_is_refused_with_its_row(tmp_path: Path, row: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"name,amount\na,1\n{row}\nb,2\n")
    found = inspect(path)
    assert found.exit_code == 1
    assert "quote" in found.output
    assert "after row 1" in found.output


def test_of_a_file_with_very_many_columns_the_first_are_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("\n".join(",".join(f"{start}{place}" for place in range(3000)) for start in ("c", "r")) + "\n")
    told = figures(path)
    assert len(told["columns"]) == 500
    assert told["notes"] == ["looked at the first 500 columns only, 2,500 come after them"]
