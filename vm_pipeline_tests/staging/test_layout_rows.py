"""Rows under a layout: left out by rule and counted, filled down, turned from wide to long; totals that must agree."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from vm_pipeline.settings import Asked, ConfigurationError, load
from vm_pipeline.sources.files import FilesKeys
from vm_pipeline.sources.period import PeriodRule
from vm_pipeline.staging.layouts import Layout
from vm_pipeline.staging.summary import Summary
from vm_pipeline_tests.london.night import OneFile
from vm_pipeline_tests.programme import Programme

COLUMNS: dict[str, Any] = {
    "provider_code": {"batch": "provider_code"},
    "financial_year": {"batch": "financial_year"},
    "period": {"batch": "period"},
    "cost_centre_code": "Centre",
    "account_code": "Account",
    "journal_id": {"const": "J"},
    "line_no": {"row_number": True},
    "posting_date": {"batch": "first_day"},
    "amount": "Amount",
}
REPORT = """Centre,Account,Amount
Ward A,100,10.00
,200,20.50
Total Ward A,,30.50
Ward B,100,-5.25
,,
Total Ward B,,-5.25
Grand total,,25.25
"""
SKIP = [
    {"name": "subtotals", "header": "Centre", "matches": "^Total "},
    {"name": "grand total", "header": "Centre", "matches": "^Grand", "check_total": {"header": "Amount"}},
    {"name": "blank lines", "blank": ["Account", "Amount"]},
]
FILLED = COLUMNS | {"cost_centre_code": {"header": "Centre", "fill_down": True}}


@pytest.fixture
def one_file(tmp_path: Path) -> OneFile:
    """Where a single file is staged."""
    return OneFile(tmp_path / "one-file")


def stage(one_file: OneFile, folder: Path, text: str, name: str = "report.csv", **layout: Any) -> Summary:
    path = folder / name
    path.write_text(text, "utf-8")
    return one_file.stage(path, "ledger", {"columns": FILLED, **layout})


def left_out(found: Summary) -> dict[str, int]:
    return {one.message.split("'")[1]: one.rows for one in found.warnings if one.code == "skipped_rows"}


def test_a_report_with_totals_becomes_its_lines(one_file: OneFile, tmp_path: Path) -> None:
    found = stage(one_file, tmp_path, REPORT, skip=SKIP)
    assert not found.refused
    assert one_file.accepted("row_number, cost_centre_code, account_code, amount") == [
        (1, "WARD A", "100", Decimal("10.00")),
        (2, "WARD A", "200", Decimal("20.50")),
        (4, "WARD B", "100", Decimal("-5.25")),
    ]
    assert left_out(found) == {"subtotals": 2, "grand total": 1, "blank lines": 1}
    assert (found.rows_received, found.received) == (3, Decimal("25.25"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("20.50", "20.51", "found a total of £25.25 in 1 rows by the rule 'grand total'; expected £25.26, the sum"),
        ("Grand total,,25.25\n", "", "found no row with the total by the rule 'grand total'; expected £25.25"),
        (
            "20.50",
            "20.5O",
            "expected £4.75, the sum of the other rows, and 1 cells that are no amount (difference £20.50)",
        ),
        ("Ward B,100,-5.25\n", "", "(difference £-5.25)"),
    ],
)
def test_a_total_that_is_not_the_sum_refuses_the_batch(
    one_file: OneFile, tmp_path: Path, old: str, new: str, said: str
) -> None:
    found = stage(one_file, tmp_path, REPORT.replace(old, new), skip=SKIP)
    assert found.refused_code == "total_mismatch"
    assert said in found.refused_because


def test_a_total_is_read_as_the_amounts_are(one_file: OneFile, tmp_path: Path) -> None:
    amount = {"debit": "Dr", "credit": "Cr", "decimal": ","}
    text = 'Centre;Account;Dr;Cr\nA;1;"1.000,50";\nB;1;;0,25\nSum;;"1.000,25";\n'
    skip = [{"name": "sum", "header": "Centre", "matches": "^Sum$", "check_total": amount}]
    assert not stage(one_file, tmp_path, text, columns=COLUMNS | {"amount": amount}, skip=skip).refused
    wrong = stage(one_file, tmp_path, text.replace(";0,25", ";0,26"), columns=COLUMNS | {"amount": amount}, skip=skip)
    assert "(difference £0.01)" in wrong.refused_because


def test_a_total_whose_sql_fails_refuses_the_batch_and_quotes_no_cell(one_file: OneFile, tmp_path: Path) -> None:
    text = "Centre,Account,Amount\nA,1,5.00\nSum,Quux,5.00\n"
    total = {"sql": """CAST("Account" AS INTEGER)"""}
    found = stage(
        one_file, tmp_path, text, skip=[{"name": "x", "header": "Centre", "matches": "^Sum", "check_total": total}]
    )
    assert found.refused_because.startswith("the layout's SQL fails: ConversionException")
    assert "Quux" not in str(found)


def test_rows_of_others_are_counted_and_are_part_of_the_file_s_total(one_file: OneFile, tmp_path: Path) -> None:
    text = "Trust,Centre,Account,Amount\nRJ6,A,1,5.00\nRJ1,B,1,7.00\nAll,,,12.00\n"
    skip = [{"name": "all", "header": "Trust", "matches": "^All$", "check_total": "Amount"}]
    found = stage(one_file, tmp_path, text, where='"Trust" = {provider_code}', skip=skip)
    assert (found.refused_because, found.rows_accepted) == ("", 1)
    assert {one.message: one.rows for one in found.warnings if one.code == "skipped_rows"} == {
        "1 rows left out by the rule 'all', as configured": 1,
        "1 rows left out by `where`, as configured": 1,
    }


def test_a_heading_is_left_out_and_fills_down(one_file: OneFile, tmp_path: Path) -> None:
    text = "Centre,Account,Amount\nA,,\n,1,5.00\nTotal,,5.00\n,2,1.00\nB,,\n,1,7.00\n"
    skip = [
        {"name": "total", "header": "Centre", "matches": "^Total"},
        {"name": "heading", "blank": ["Account", "Amount"], "heading": True},
    ]
    assert not stage(one_file, tmp_path, text, skip=skip).refused
    assert one_file.accepted("cost_centre_code, account_code") == [("A", "1"), ("A", "2"), ("B", "1")]


def test_a_condition_may_be_sql(one_file: OneFile, tmp_path: Path) -> None:
    found = stage(one_file, tmp_path, REPORT, skip=[{"name": "no account", "sql": '"Account" IS NULL'}])
    assert left_out(found) == {"no account": 4}


def test_the_name_of_a_file_may_say_something(one_file: OneFile, tmp_path: Path) -> None:
    columns = COLUMNS | {"cost_centre_code": {"file_name": r"^(\w+) ledger", "pad": 4}}
    text = "Account,Amount\n1,5.00\n"
    assert not stage(one_file, tmp_path, text, name="42 ledger.csv", columns=columns).refused
    assert one_file.accepted("cost_centre_code") == [("0042",)]
    found = stage(one_file, tmp_path, text + "2,1.00\n", name="ledger.csv", columns=columns)
    assert found.refused_code == "bad_file_name"


def test_a_code_that_a_spreadsheet_spoilt_is_not_taken(one_file: OneFile, tmp_path: Path) -> None:
    text = (
        "Centre,Account,Amount,Ref\n12E345,000123,1.00,J1\n1.2E+347,1,2.00,J2\nA,1.20E+05,3.00,J3\nB,2,4.00,5.56E+15\n"
    )
    columns = COLUMNS | {"account_code": {"header": "Account", "pad": 6}, "journal_id": "Ref"}
    found = stage(one_file, tmp_path, text, columns=columns)
    assert [(one.rule_code, one.rows) for one in found.rejections] == [("damaged_code", 2)]
    assert one_file.accepted("cost_centre_code, account_code") == [("12E345", "000123"), ("B", "000002")]
    assert [one.rows for one in found.warnings if one.code == "damaged_reference"] == [1]


def test_a_code_that_cannot_be_made_rejects_its_row_and_shows_what_was_sent(one_file: OneFile, tmp_path: Path) -> None:
    columns = COLUMNS | {
        "cost_centre_code": {"header": "Centre", "extract": r"^\((\d+)\)"},
        "posting_date": {"header": "Day", "date": "%m/%d/%Y"},
        "supplier_code": {"header": "Supplier", "lookup": {"s1": "1"}},
    }
    text = "Centre,Account,Amount,Day,Supplier\n(7) A,1,1.00,4/13/2020,S1\nB,1,2.00,4/13/2020,S1\n"
    text += "(8) C,1,3.00,13/04/2020,S1\n(9) D,1,4.00,4/13/2020,S2\n"
    found = stage(one_file, tmp_path, text, columns=columns)
    assert {one.rule_code: one.rows for one in found.rejections} == {"unmade_cell": 2, "bad_date": 1}
    assert one_file.rejected("row_number, rule_code, cost_centre_code, posting_date, supplier_code") == [
        (2, "unmade_cell", "B", "2020-04-13", "1"),
        (3, "bad_date", "8", "13/04/2020", "1"),
        (4, "unmade_cell", "9", "2020-04-13", "S2"),
    ]


def test_what_is_divided_by_nothing_rejects_its_row_and_not_the_batch(one_file: OneFile, tmp_path: Path) -> None:
    columns = COLUMNS | {"account_code": {"sql": '"Account"::INTEGER // "Parts"::INTEGER'}}
    found = stage(one_file, tmp_path, "Centre,Account,Amount,Parts\nA,100,1.00,2\nA,100,2.00,0\n", columns=columns)
    assert not found.refused and one_file.accepted("account_code") == [("50",)]
    assert [one.rows for one in found.rejections] == [1]


WIDE = "Centre,Account,Apr,May,Jun WTE,Mar\nA,1,1.00,2.00,x,12.00\nB,1,,5.00,x,bad\n"
MONTHS = {"into": ["Month", "Amount"], "values_like": "^(Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Jan|Feb|Mar)$"}
OF_MONTHS = COLUMNS | {"period": {"header": "Month", "month": "%b"}}


def test_a_ledger_with_a_column_a_month_has_a_line_for_each(one_file: OneFile, tmp_path: Path) -> None:
    found = stage(one_file, tmp_path, WIDE, columns=OF_MONTHS, unpivot=MONTHS, ignore=["* WTE"])
    assert [(one.rule_code, one.rows) for one in found.rejections] == [("bad_amount", 1)]
    assert one_file.accepted("row_number, line_no, cost_centre_code, ledger_period, amount") == [
        (1, 1, "A", 1, Decimal("1.00")),
        (2, 2, "A", 2, Decimal("2.00")),
        (3, 3, "A", 12, Decimal("12.00")),
        (5, 5, "B", 2, Decimal("5.00")),
    ]
    assert one_file.rejected("row_number, period") == [(6, "12")]


def test_only_the_duplicate_among_the_lines_of_a_row_is_rejected(one_file: OneFile, tmp_path: Path) -> None:
    columns = OF_MONTHS | {"journal_id": {"join": ["Centre", "Month"], "with": "/"}, "line_no": "Account"}
    text = "Centre,Account,Apr,May\nA,1,1.00,2.00\nA,1,3.00,\n"
    found = stage(one_file, tmp_path, text, columns=columns, unpivot=MONTHS)
    assert [(one.rule_code, one.rows, one.amount) for one in found.rejections] == [("duplicate", 1, Decimal("3.00"))]
    assert one_file.accepted("journal_id, line_no, amount") == [
        ("A/Apr", 1, Decimal("1.00")),
        ("A/May", 1, Decimal("2.00")),
    ]


def test_several_patterns_share_their_codes(one_file: OneFile, tmp_path: Path) -> None:
    text = "Centre,Account,P01 £,P01 WTE,P02 £,P02 WTE\nA,1,1.00,0.5,2.00,\n"
    unpivot = {"into": ["P", "Amount", "W"], "values_like": [r"^P(\d\d) £$", r"^P(\d\d) WTE$"]}
    columns = COLUMNS | {"period": "P", "wte": "W"}
    assert not stage(one_file, tmp_path, text, columns=columns, unpivot=unpivot).refused
    assert one_file.accepted("ledger_period, amount, wte") == [
        (1, Decimal("1.00"), Decimal("0.50")),
        (2, Decimal("2.00"), None),
    ]
    lonely = stage(one_file, tmp_path, text.replace("P02 WTE", "P03 WTE"), columns=columns, unpivot=unpivot)
    assert lonely.refused_because.startswith("found the column 'P02 £', 'P03 WTE', which the layout neither uses nor")


def test_a_line_without_an_amount_is_rejected_and_not_left_out(one_file: OneFile, tmp_path: Path) -> None:
    text = "Centre,Account,P01 £,P01 WTE,P02 £,P02 WTE\nA,1,,0.5,,\n"
    unpivot = {"into": ["P", "Amount", "W"], "values_like": [r"^P(\d\d) £$", r"^P(\d\d) WTE$"]}
    found = stage(one_file, tmp_path, text, columns=COLUMNS | {"period": "P", "wte": "W"}, unpivot=unpivot)
    assert [(one.rule_code, one.rows) for one in found.rejections] == [("bad_amount", 1)]
    by_account = {
        "into": ["P", "Amount", "A"],
        "values": {"01": ["Food", {"const": "7"}], "02": ["Drugs", {"const": "8"}]},
    }
    columns = COLUMNS | {"period": "P", "account_code": "A"}
    assert not stage(one_file, tmp_path, "Centre,Food,Drugs\nA,1.00,\n", columns=columns, unpivot=by_account).refused
    assert one_file.accepted("account_code, amount") == [("7", Decimal("1.00"))]


def test_a_pattern_that_no_header_meets_refuses_the_file(one_file: OneFile, tmp_path: Path) -> None:
    found = stage(one_file, tmp_path, "Centre,Account\nA,1\n", columns=OF_MONTHS, unpivot=MONTHS)
    assert found.refused_code == "missing_header"
    assert "expected the header like '^(Apr|" in found.refused_because


@pytest.mark.parametrize(
    ("line", "fits"),
    [("line_no = { row_number = true }", True), ('line_no = "Line"', False), ('line_no = "month"', True)],
)
def test_lines_of_one_row_need_keys_of_their_own(tmp_path: Path, line: str, fits: bool) -> None:
    columns = "\n".join(f'{name} = "{name}"' for name in COLUMNS if name != "line_no")
    (tmp_path / "vm.toml").write_text(
        '[[source]]\nfeed = "ledger"\nprovider = "B1"\nfiles = "*.csv"\nlayout = "wide"\n'
        '[layout.wide.unpivot]\ninto = ["Month", "amount"]\nvalues_like = "^(M)"\n'
        f"[layout.wide.columns]\n{columns}\n{line}\n",
        "utf-8",
    )
    if fits:
        assert load(Asked(config=tmp_path / "vm.toml"), {}).sources
        return
    with pytest.raises(ConfigurationError, match="an `unpivot` whose lines share journal_id and line_no"):
        load(Asked(config=tmp_path / "vm.toml"), {})


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ({"skip": [{"header": "A", "matches": "x"}]}, "layout.odd.skip 1: found no `name`, expected one."),
        ({"skip": [{"name": "x", "matchs": "x"}]}, "found the key 'matchs', expected one of name, header, matches,"),
        ({"skip": [{"name": "x", "header": "A"}]}, "found no whole condition in skip 'x'"),
        ({"skip": [{"name": "x", "header": "A", "matches": "("}]}, "found matches of skip 'x' = '('"),
        ({"skip": [{"name": "x", "blank": "A"}]}, 'layout.odd.skip 1: found blank = "A", expected a list'),
        ({"skip": [{"name": "x", "blank": ["A"], "check_total": {"debit": "A"}}]}, "found debit without credit"),
        ({"year_to_date": "yes"}, 'found year_to_date = "yes", expected true or false.'),
        ({"unpivot": {"into": ["x", "y"], "values_like": "^P"}}, "found values_like = '^P', expected a regular"),
        ({"unpivot": {"into": ["x", "y"], "values_like": "(a)", "values": {"a": "b"}}}, "found an `unpivot` without"),
        ({"unpivot": {"into": ["x", "y"], "values": {"a": {"header": "b", "pad": 3}}}}, "found steps in `values`"),
        ({"columns": {"amount": {"header": "A", "uint": "pence"}}}, "found 'uint', expected one of header, const,"),
    ],
)
def test_what_is_no_layout_is_said_in_words(table: dict[str, Any], reason: str, tmp_path: Path) -> None:
    layout = {"columns": {"amount": "A"}, **table}
    (tmp_path / "vm.toml").write_text(tomli_w.dumps({"layout": {"odd": layout}}), "utf-8")
    with pytest.raises(ConfigurationError) as raised:
        load(Asked(config=tmp_path / "vm.toml"), {})
    assert reason in str(raised.value)


def test_a_layout_with_all_of_it_comes_back_from_its_own_text() -> None:
    layout = Layout.of({"columns": FILLED, "skip": SKIP, "unpivot": MONTHS, "year_to_date": True})
    assert Layout.from_json(layout.to_json()) == Layout.from_json(Layout.from_json(layout.to_json()).to_json())
    layout.check_feed("ledger")
    with pytest.raises(ValueError, match="year_to_date for activity"):
        layout.check_feed("activity")


def test_a_renamed_file_whose_name_says_the_centre_is_another_version(programme: Programme, tmp_path: Path) -> None:
    """The bytes are the same: only the name was wrong."""
    columns = COLUMNS | {"cost_centre_code": {"file_name": r"^(\w+) "}}
    keys = FilesKeys(feed="ledger", provider="B1", files="* 2022.csv", period=PeriodRule(covers="2022-07"))
    programme.sources.append(keys.source(tmp_path, "B1", Layout.of({"columns": columns}).to_json()))
    programme.drop.mkdir(parents=True)
    path = tmp_path / "R1 2022.csv"
    path.write_text("Account,Amount\n100,1.00\n")
    found = []
    for name in ("R1 2022.csv", "R1 2022.csv", "R2 2022.csv"):
        path = path.rename(tmp_path / name)
        programme.night()
        found.append((len(programme.receipts()), programme.accepted("cost_centre_code")))
    assert found == [(1, [("R1",)]), (1, [("R1",)]), (2, [("R2",)])]


def test_of_very_many_columns_those_that_are_ignored_cost_nothing(one_file: OneFile, tmp_path: Path) -> None:
    """DuckDB plans for minutes where a SELECT has ten thousand expressions."""
    more = 9_000
    head = ",".join(["Centre,Account,Amount", *(f"x{place}" for place in range(more))])
    found = stage(one_file, tmp_path, f"{head}\nA,1,2.00{',' * more}\n", ignore=["x*"])
    assert (found.rows_received, found.rows_accepted) == (1, 1)
