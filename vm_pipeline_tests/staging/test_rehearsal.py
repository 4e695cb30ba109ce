"""Layouts tried by `check`: SQL that would fail at night is told by its place, and no cell with it."""

from pathlib import Path
from typing import Any

import pytest
import tomli_w

from vm_pipeline.figures import look
from vm_pipeline.home import Home
from vm_pipeline.settings import Asked, load
from vm_pipeline_tests.staging.test_layout_rows import COLUMNS

TEXT = "Centre,Account,Amount,Entity\nWard A,100,10.00,B1\nWard B,100,Ann Other,B1\nTotal,,20.50,B1\n"


def layouts(folder: Path, *, there: bool = True, text: str = TEXT, **layout: Any) -> list[str]:
    """What `check` says of a layout, with a file of it at hand or none."""
    if there:
        (folder / "gl 2022-07.csv").write_text(text, "utf-8")
    source = {
        "feed": "ledger",
        "provider": "B1",
        "layout": "gl",
        "files": "*.csv",
        "period": {"pattern": "(?P<period>.{7}).csv"},
    }
    layout = {"columns": COLUMNS, "ignore": ["Entity"], **layout}
    (folder / "vm.toml").write_text(tomli_w.dumps({"home": "home", "source": [source], "layout": {"gl": layout}}))
    found: list[str] = look(Home(load(Asked(config=folder / "vm.toml"), {})))["layouts"]
    assert "Ann Other" not in str(found) and not (folder / "home").exists()
    return found


@pytest.mark.parametrize("there", [True, False], ids=["a file", "none"])
def test_every_sql_that_fails_is_told_by_its_place(tmp_path: Path, there: bool) -> None:
    found = layouts(
        tmp_path,
        there=there,
        where='"Entity" = {provider_code',
        skip=[{"name": "totals", "sql": 'starts_wth("Centre", $$Total$$)'}],
        columns=COLUMNS | {"account_code": {"sql": 'uper("Account")'}},
    )
    where = str(tmp_path / "gl 2022-07.csv") if there else "the layout of ledger of B1"
    assert [one.partition(": found SQL that fails")[0] for one in found] == [
        f"{where}: `where`",
        f"{where}: `skip` 'totals'",
        f"{where}: column account_code",
    ]
    assert "name uper does not exist" in found[2] and "expected SQL of DuckDB. Correct it in the layout." in found[2]


def test_headers_are_those_of_the_file(tmp_path: Path) -> None:
    """A name without quotes may be a header: it is known once there is a file."""
    asked = {"where": "Entity = {provider_code} AND Amont <> ''"}
    assert layouts(tmp_path, there=False, **asked) == []
    (said,) = layouts(tmp_path, **asked)
    assert '`where`: found SQL that fails (Binder Error: Referenced column "Amont" not found' in said
    (said,) = layouts(tmp_path, where="\"Entty\" = 'B1'")
    assert "would be refused, expected the header 'Entty' (for where; the closest is 'Entity')" in said


@pytest.mark.parametrize(
    "asked",
    [
        {"columns": COLUMNS | {"cost_centre_code": {"file_name": r"^gl (\d{4})"}}, "ignore": ["Entity", "Centre"]},
        {"columns": COLUMNS | {"period": "Month"}, "unpivot": {"into": ["Month", "Amount"], "values_like": "^(Apr)$"}},
    ],
    ids=["of its name", "headers by a pattern"],
)
def test_what_only_a_file_can_show_is_not_told_without_one(tmp_path: Path, asked: dict[str, Any]) -> None:
    text = "Centre,Account,Amount,Apr,Entity\n".replace("Amount," if "unpivot" in asked else "Apr,", "")
    assert layouts(tmp_path, text=text, **asked) == []
    (tmp_path / "gl 2022-07.csv").unlink()
    assert layouts(tmp_path, there=False, **asked) == []


def test_cells_are_tried_and_not_told(tmp_path: Path) -> None:
    columns = COLUMNS | {"amount": {"sql": 'CAST("Amount" AS DECIMAL(18,2))::VARCHAR'}}
    (said,) = layouts(tmp_path, columns=columns)
    assert "column amount: found SQL that fails (ConversionException)" in said
    assert layouts(tmp_path, columns=columns, where="\"Centre\" <> 'Ward B'") == [], "of rows that stay"
    assert layouts(tmp_path) == []


def test_sql_is_tried_as_a_night_runs_it(tmp_path: Path) -> None:
    """What is divided by nothing has no value, at night and here."""
    columns = COLUMNS | {"amount": {"sql": '("Amount"::DECIMAL(18,2) // 0)::VARCHAR'}}
    text = TEXT.replace("Ann Other", "11.00")
    assert layouts(tmp_path, text=text, columns=columns) == []
