"""What a layout may say, on small files: headers, rows, values of its own. Needs no real data."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from vm_pipeline.staging.layouts import Layout
from vm_pipeline_tests.london.night import OneFile

COLUMNS: dict[str, Any] = {
    "provider_code": {"batch": "provider_code"},
    "record_id": "Id",
    "transaction_type": {"const": "I"},
    "unit_code": {"const": "W1"},
    "measure_code": {"const": "bed_day"},
    "start_at": {"batch": "first_day"},
    "end_at": {"const": ""},
    "quantity": "Beds",
}
NATIONAL = "Trust,Id,Beds\nRJ1,1,10\n RJ6 ,2,20\nRJ2,3,30\nRJ6,4,40\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file.csv"


def stage(one_file: OneFile, file: Path, text: str, **layout: Any) -> str:
    """What the file is refused for; empty = it is not."""
    file.write_text(text, "utf-8")
    found = one_file.stage(file, "activity", {"columns": COLUMNS, **layout})
    return f"{found.refused_code}: {found.refused_because}" if found.refused else ""


def test_row_numbers_are_those_of_the_file_where_rows_are_left_out(one_file: OneFile, file: Path) -> None:
    columns = COLUMNS | {"record_id": {"row_number": True}}
    layout = {"columns": columns, "ignore": ["id"], "where": '"Trust" = {provider_code}'}
    assert stage(one_file, file, NATIONAL, **layout) == ""
    assert one_file.accepted("row_number, record_id, quantity") == [(2, "2", Decimal(20)), (4, "4", Decimal(40))]


def test_a_row_may_become_several_each_with_cells_of_its_own(one_file: OneFile, file: Path) -> None:
    unpivot = {
        "into": ["kind", "number"],
        "values": {"bed_day": "Occupied", "bed_day_available": {"sql": '"Occupied"::INT + "Free"::INT'}},
    }
    columns = COLUMNS | {
        "measure_code": "kind",
        "quantity": "number",
        "record_id": {"sql": """concat_ws('/', "Id", "kind")"""},
    }
    text = "Id,Occupied,Free\n1,8,2\n2,,2\n3,5,0\n"
    assert stage(one_file, file, text, columns=columns, unpivot=unpivot) == ""
    assert one_file.accepted("row_number, record_id, quantity") == [
        (1, "1/bed_day", Decimal(8)),
        (1, "1/bed_day_available", Decimal(10)),
        (3, "3/bed_day", Decimal(5)),
        (3, "3/bed_day_available", Decimal(5)),
    ]


def test_a_made_header_hides_the_file_s_own_of_that_name(one_file: OneFile, file: Path) -> None:
    unpivot = {"into": ["Kind", "Beds"], "values": {"bed_day": "Occupied"}}
    text = "Id,Occupied,beds,KIND\n1,8,2,x\n"
    assert stage(one_file, file, text, unpivot=unpivot, columns=COLUMNS | {"measure_code": "kind"}) == ""
    assert one_file.accepted("measure_code, quantity") == [("bed_day", Decimal(8))]


def test_sql_sees_trimmed_cells_facts_of_the_batch_and_columns_before_its_own(one_file: OneFile, file: Path) -> None:
    columns = COLUMNS | {
        "record_id": {"sql": """{provider_code} || '-' || coalesce("Id", 'none') """},
        "end_at": {"sql": "start_at::DATE + 1"},
        "quantity": {"sql": """"Beds" || '.5'"""},
    }
    assert stage(one_file, file, 'Id,Beds\n" 7 ",1\n"  ",2\n', columns=columns) == ""
    assert one_file.accepted("record_id, quantity, end_at::DATE::VARCHAR") == [
        ("RJ6-7", Decimal("1.5"), "2020-04-02"),
        ("RJ6-none", Decimal("2.5"), "2020-04-02"),
    ]


@pytest.mark.parametrize(
    "name", ["c0", "row_number", 'Say "id"', "Id;", "rule_code", "batch_month", "{const}", "ſtraße"]
)
def test_no_name_of_a_header_is_special(one_file: OneFile, file: Path, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    text = f"Beds,{quoted}\n3,a\n4,b\n"
    assert stage(one_file, file, text, columns=COLUMNS | {"record_id": name}) == ""
    assert one_file.accepted("record_id, row_number") == [("a", 1), ("b", 2)]
    assert stage(one_file, file, text, columns=COLUMNS | {"record_id": {"sql": quoted}}) == ""
    assert one_file.accepted("record_id") == [("a",), ("b",)]


def test_blanks_and_case_do_not_tell_headers_apart(one_file: OneFile, file: Path) -> None:
    assert (
        stage(one_file, file, " ID ,  Number  of beds \n1,2\n", columns=COLUMNS | {"quantity": "number OF  beds"}) == ""
    )
    assert one_file.accepted("record_id, quantity") == [("1", Decimal(2))]


def test_columns_without_a_header_are_nobody_s(one_file: OneFile, file: Path) -> None:
    assert stage(one_file, file, "Id,Beds,,\n1,2,,\n") == ""


def test_the_first_of_several_headers_that_is_there_counts(one_file: OneFile, file: Path) -> None:
    columns = COLUMNS | {"quantity": ["Stays", "Beds"]}
    assert stage(one_file, file, "Id,Beds\n1,2\n", columns=columns) == ""
    both = stage(one_file, file, "Id,Beds,Stays\n1,2,3\n", columns=columns)
    assert both.startswith("unknown_header: found the column 'Beds', which the layout neither uses nor ignores")


@pytest.mark.parametrize(
    ("text", "layout", "reason"),
    [
        ("Id,Bed\n1,2\n", {}, "missing_header: expected the header 'Beds' (for quantity; the closest is 'Bed'); found"),
        ("No,Bed\n1,2\n", {}, "missing_header: expected the header 'Beds' (for quantity; the closest is 'Bed'), 'Id'"),
        ("Id,Beds\n1,2\n", {"where": '"Trust" = 1'}, "missing_header: expected the header 'Trust' (for where); found"),
        ("Id,Beds,Note\n1,2,x\n", {}, "unknown_header: found the column 'Note', which the layout neither uses nor"),
        ("Id,Beds,BEDS\n1,2,3\n", {}, "repeated_header: found the header 'beds' twice"),
        ("Id,Beds\n1,2\n", {"where": "nonsense("}, "bad_layout: the layout's SQL fails: Parser Error: "),
        ("Id,Beds\n1,2\n", {"columns": {"record_id": "Id"}}, "missing_header: found no column 'provider_code', "),
    ],
)  # fmt: skip
def test_what_a_file_is_refused_for(
    one_file: OneFile, file: Path, text: str, layout: dict[str, Any], reason: str
) -> None:
    assert stage(one_file, file, text, **layout).startswith(reason)


def test_a_header_that_is_ignored_may_repeat(one_file: OneFile, file: Path) -> None:
    assert stage(one_file, file, "Id,Beds,Note,note,Note 2\n1,2,x,y,z\n", ignore=["note*"]) == ""


@pytest.mark.parametrize("row", ["Zebedee Quux,0101011237,12.50", "Quux,Ward,1 Jul 2022", "Report on,Zebedee,Quux"])
def test_a_first_row_is_not_told_for_a_header(one_file: OneFile, file: Path, row: str) -> None:
    """A file that lost its header begins with somebody's row, or a title."""
    reason = stage(one_file, file, f"{row}\n" * 2)
    assert "found a first line of 3 cells with none of these, nor one near them" in reason
    assert "Quux" not in reason and "0101011237" not in reason


def test_a_header_that_looks_like_a_number_of_somebody_is_not_told(one_file: OneFile, file: Path) -> None:
    reason = stage(one_file, file, "Id,CHI 0101011237,Other\n,,\n")
    assert "found Id, ?, Other" in reason


def test_a_long_header_is_not_said_in_full(one_file: OneFile, file: Path) -> None:
    names = ["Id", *(f"N{place}" for place in range(1, 40))]
    reason = stage(one_file, file, ",".join(names) + "\n" + "," * 39 + "\n")
    assert "found Id, N1, " in reason
    assert "N11 … (40 in all)" in reason
    assert "N12" not in reason


def test_a_questionnaire_may_have_a_layout(one_file: OneFile, file: Path) -> None:
    """Columns that the survey feed does not know are its questions."""
    file.write_text("Team,Who,I am supported\nNorth,1,Agree\nNorth,2,N/A\n", "utf-8")
    columns = {
        "provider_code": {"batch": "provider_code"},
        "survey_code": {"const": "PULSE"},
        "wave_date": {"batch": "first_day"},
        "team_name": "Team",
        "respondent_ref": "Who",
        "Q1": "I am supported",
    }
    assert not one_file.stage(file, "survey", {"columns": columns}).refused
    assert one_file.accepted("row_number, question, answer") == [(1, "Q1", "agree")]


def test_a_layout_comes_back_from_its_own_text() -> None:
    layout = Layout.of(
        {
            "columns": COLUMNS,
            "ignore": ["x*"],
            "where": "true",
            "unpivot": {"into": ["kind", "n"], "values": {"bed_day": "Beds"}},
        }
    )
    assert Layout.from_json(layout.to_json()).to_json() == layout.to_json()
