"""Drafts for made-up ledgers: what can be told is told, what cannot is marked, and the draft always loads."""

import csv
import tomllib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from vm_pipeline.cli import main
from vm_pipeline.proposal.draft import toml
from vm_pipeline.proposal.file_names import period_rule
from vm_pipeline.proposal.matching import plain
from vm_pipeline_tests.programme import LEDGER_LINE, ledger
from vm_pipeline_tests.proposal.drafting import Drafted, drafted

HEAD = ["Cost Centre", "Subjective Code", "Journal No", "Posting Date", "Supplier", "Net Amount"]


def month(place: int, rows: int = 12, form: str = "{day:02}/{month:02}/2022") -> list[list[str]]:
    """A month of lines: sound, with days above and below 12."""
    return [
        [
            f"R{row % 4}00",
            f"3{row % 3}0{row}A",
            f"J{place}{row}",
            form.format(day=2 * row + 1, month=place),
            "Acme Ltd",
            f"{row}1.50",
        ]
        for row in range(1, rows)
    ]


def written(folder: Path, name: str, rows: Sequence[Sequence[str]], delimiter: str = ",") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def samples(folder: Path, months: Sequence[int] = (4, 5, 6), **how: str) -> list[Path]:
    """A file a month, `ledger_2022-04.csv`."""
    return [written(folder / "in", f"ledger_2022-{one:02}.csv", [HEAD, *month(one, **how)]) for one in months]  # type: ignore[arg-type]


def accepted(told: Drafted) -> list[tuple[int, int]]:
    assert not [one.summary.refused_because for one in told.files if one.summary.refused]
    return [(one.summary.rows_accepted, one.summary.rows_rejected) for one in told.files]


def columns(told: Drafted) -> dict[str, object]:
    (layout,) = tomllib.loads(told.text)["layout"].values()
    found: dict[str, object] = layout["columns"]
    return found


def test_a_usual_ledger_needs_no_edit(tmp_path: Path) -> None:
    told = drafted(samples(tmp_path), tmp_path)
    assert accepted(told) == [(11, 0)] * 3
    assert columns(told) == {
        "provider_code": {"batch": "provider_code"},
        "financial_year": {"batch": "financial_year"},
        "period": {"batch": "period"},
        "cost_centre_code": "Cost Centre",
        "account_code": "Subjective Code",
        "journal_id": "Journal No",
        "line_no": {"row_number": True},
        "posting_date": "Posting Date",
        "amount": "Net Amount",
    }
    assert tomllib.loads(told.text)["layout"]["x1_ledger"]["ignore"] == ["Supplier"]


def test_american_dates_are_told_from_british_ones(tmp_path: Path) -> None:
    told = drafted(samples(tmp_path, form="{month}/{day}/2022"), tmp_path)
    assert columns(told)["posting_date"] == {"header": "Posting Date", "date": "%m/%d/%Y"}
    assert accepted(told) == [(11, 0)] * 3


def test_dates_that_may_be_either_are_read_as_one_month_and_marked(tmp_path: Path) -> None:
    rows = [[*line[:3], f"{day:02}/04/2022", *line[4:]] for day, line in enumerate(month(4)[:5], 1)]
    told = drafted([written(tmp_path / "in", "ledger_2022-04.csv", [HEAD, *rows])], tmp_path)
    assert (
        columns(told)["posting_date"] == {"header": "Posting Date", "date": "%d/%m/%Y"}
        or "UNSURE: %m/%d/%Y" in told.text
    )
    assert "UNSURE: %m/%d/%Y fits every date, too" in told.text


def test_lines_above_the_header_totals_and_blank_rows_are_left_out(tmp_path: Path) -> None:
    blank, total = [""] * 6, ["", "", "", "", "Total", "999.00"]
    rows = [["Extract of the ledger", *[""] * 5], blank, HEAD, *month(4), blank, total]
    told = drafted([written(tmp_path / "in", "ledger_2022-04.csv", rows)], tmp_path)
    assert accepted(told) == [(11, 0)]
    assert tomllib.loads(told.text)["layout"]["x1_ledger"]["file"] == {"header_row": 3}
    assert "UNSURE: rows that begin with `total`" in told.text


def test_debit_and_credit_columns(tmp_path: Path) -> None:
    head = [*HEAD[:5], "Debit", "Credit"]
    rows = [[*line[:5], *(("", line[5]) if place % 3 == 0 else (line[5], ""))] for place, line in enumerate(month(4))]
    told = drafted([written(tmp_path / "in", "ledger_2022-04.csv", [head, *rows])], tmp_path)
    assert columns(told)["amount"] == {"debit": "Debit", "credit": "Credit"}
    total = sum((Decimal(debit or 0) - Decimal(credit or 0) for *_, debit, credit in rows), Decimal(0))
    assert told.files[0].summary.accepted == total


def test_a_decimal_comma(tmp_path: Path) -> None:
    rows = [[*line[:5], line[5].replace(".", ",")] for line in month(4)]
    told = drafted([written(tmp_path / "in", "ledger_2022-04.csv", [HEAD, *rows], ";")], tmp_path)
    assert columns(told)["amount"] == {"header": "Net Amount", "decimal": ","}
    assert accepted(told) == [(11, 0)]


def test_what_is_missing_is_marked_and_the_draft_loads(tmp_path: Path) -> None:
    rows = [["Colour", "Net Amount"], *([f"shade {n}", f"{n}.50"] for n in range(5))]
    told = drafted([written(tmp_path / "in", "ledger_2022-04.csv", rows)], tmp_path)
    assert {cell.name for cell in told.draft.missing} == {"cost_centre_code", "account_code", "posting_date"}
    assert told.text.count("# MISSING: ") == 3
    assert accepted(told) == [(0, 5)]


def test_a_column_of_people_is_left_out_and_said(tmp_path: Path) -> None:
    canaries = ["943 476 5919", "987 654 4321", "400 000 0004", "401 023 2137"]
    head = [*HEAD, "Reference"]
    rows = [[*line, canaries[place % 4]] for place, line in enumerate(month(4))]
    told = drafted([written(tmp_path / "in", "ledger_2022-04.csv", [head, *rows])], tmp_path)
    assert "UNSURE: 'Reference' is left out: it seems to hold NHS number" in told.text
    assert not any(canary in told.text for canary in canaries)
    assert accepted(told) == [(11, 0)]


def test_canonical_files_are_proposed_as_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "drop" / "ledger" / "B1"
    folder.mkdir(parents=True)
    for one in ("2022-07", "2022-08"):
        (folder / f"{one}.csv").write_text(ledger({}, {}), "utf-8")
    told = drafted(sorted(folder.glob("*.csv")), tmp_path, "B1")
    assert tomllib.loads(told.text) == {"source": [{"folder": "drop"}]}
    assert accepted(told) == [(2, 0)] * 2


def test_canonical_files_under_other_names_need_a_rule_for_their_months(tmp_path: Path) -> None:
    for one in ("202207", "202208"):
        path = tmp_path / "in" / f"GL {one}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(ledger({name: text for name, text in LEDGER_LINE.items() if name == "journal_id"}), "utf-8")
    told = drafted(sorted((tmp_path / "in").glob("*.csv")), tmp_path, "B1")
    assert "layout" not in tomllib.loads(told.text)
    assert accepted(told) == [(1, 0)] * 2


@pytest.mark.parametrize(
    ("names", "months", "expected"),
    [
        (["a 2022-04.csv", "a 2022-05.csv"], {}, ["2022-04", "2022-05"]),
        (["202204 x.csv", "202205 x.csv"], {}, ["2022-04", "2022-05"]),
        (["x_04_2022.csv", "x_05_2022.csv"], {}, ["2022-04", "2022-05"]),
        (["M01.csv", "M10.csv"], {"M01.csv": "2022-04", "M10.csv": "2023-01"}, ["2022-04", "2023-01"]),
        (["one.csv"], {"one.csv": "2022-04"}, ["2022-04"]),
        (["one.csv", "two.csv"], {"one.csv": "2022-04", "two.csv": "2022-05"}, None),
        (["M04.csv", "M01.csv"], {"M04.csv": "2022-04", "M01.csv": "2022-01"}, None),
        (["GL April 2026.csv", "GL Sept 2026.csv"], {}, ["2026-04", "2026-09"]),
        (["2026_Apr ledger.csv", "2026_May ledger.csv"], {"2026_Apr ledger.csv": "2026-04"}, ["2026-04", "2026-05"]),
    ],
)
def test_months_of_names(names: list[str], months: dict[str, str], expected: list[str] | None) -> None:
    rule = period_rule(names, months)
    assert [told[0] for name in names if (told := rule.months(name))] == (expected or [])
    assert bool(rule.rule) == (expected is not None)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CostCentre_Codes", "cost centre code"),
        (" Amount (£) ", "amount"),
        ("GL Class", "gl class"),
        ("Ref's", "ref s"),
    ],
)
def test_names_are_compared_by_their_words(name: str, expected: str) -> None:
    assert plain(name) == expected


@given(
    st.recursive(
        st.one_of(st.text(), st.booleans(), st.integers(0, 99)), lambda one: st.lists(one, max_size=3), max_leaves=5
    )
)
def test_any_value_is_read_back(value: object) -> None:
    assert tomllib.loads(f"x = {toml(value)}") == {"x": value}


class TestCommand:
    def test_it_writes_a_draft_once(self, tmp_path: Path) -> None:
        words = ["propose", *map(str, samples(tmp_path)), "--feed", "ledger", "--provider", "x1"]
        target = tmp_path / "vm.toml"
        first = CliRunner().invoke(main, [*words, "--to", str(target)])
        assert first.exit_code == 0, first.output
        assert "# Tried on 3 files: 3 taken, 33 rows accepted, " in target.read_text("utf-8")
        assert CliRunner().invoke(main, [*words, "--to", str(target)]).exit_code == 2

    def test_files_without_a_header_are_refused_and_not_told(self, tmp_path: Path) -> None:
        path = written(tmp_path, "x.csv", month(4))
        said = CliRunner().invoke(main, ["propose", str(path), "--feed", "ledger"])
        assert said.exit_code == 1
        assert "(no_header): x.csv: found a first row" in said.output
        assert "Acme" not in said.output
