"""What must not come in, and how it is said: a breakdown in a team table's place, drifted headers, wrong aliases."""

import csv
import tomllib
from pathlib import Path
from typing import Any

import pytest

from vm_pipeline.settings import ConfigurationError
from vm_pipeline_tests.london.night import EXAMPLE, LONDON, OTHER_TRUSTS, Night, OneFile, configured

pytestmark = pytest.mark.usefixtures("london")

RELIGION = LONDON / "staff_survey" / "nss_burnout_by_religion_2021_2023.csv"
FOLDERS = ("CROY", "IMPC", "LEGR", "CHWE", "EPSH", "GUYS", "WHIT")


def raw_layouts(config: Path) -> dict[str, dict[str, Any]]:
    """Layouts as written."""
    found: dict[str, dict[str, Any]] = tomllib.loads(config.read_text("utf-8"))["layout"]
    return found


def ledgers(folder: str) -> list[Path]:
    return sorted((LONDON / "spend_raw" / folder).glob("*.csv"))


def header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return [" ".join(name.split()) for name in next(csv.reader(file))]


def headers(folder: str) -> list[Path]:
    """A file for every header that a trust's ledgers have had."""
    return list({tuple(header(path)): path for path in ledgers(folder)}.values())


def test_the_file_by_religion_is_refused_in_the_survey_s_place(tmp_path: Path) -> None:
    text = (EXAMPLE / "vm.toml").read_text("utf-8").replace('folder = "."', f'folder = "{EXAMPLE}"')
    config = tmp_path / "vm.toml"
    config.write_text(text.replace("nss_2021_2024_org.csv", RELIGION.name), "utf-8")
    night = Night.of(config, tmp_path / "home")
    night.receive()
    refused = {str(slot): found.refused_because for slot, found in night.summaries() if found.refused}
    assert refused.keys() == {"survey/RYJ/2021-10", "survey/RJ2/2021-10"}
    for reason in refused.values():
        assert "'ODS code' (for provider_code" in reason
        assert "found Religion, Year, Benchmarking group, Breakdown, " in reason
        assert reason.endswith("Correct the extract, or the layout of this provider.")
    with night.warehouse() as (con, _):
        answered = con.execute("SELECT DISTINCT provider_code FROM vm.fact_survey").fetchall()
        spent = con.execute("SELECT count(*) FROM vm.fact_cost").fetchone()
    assert (answered, spent) == ([("RJ6",)], (6166,))  # everything else goes on


@pytest.mark.parametrize(
    ("team", "unknown"), [({"batch": "provider_code"}, "'Religion', 'Breakdown'"), ("Religion", "'Breakdown'")]
)
def test_the_file_by_religion_is_no_team_table_even_if_a_layout_says_so(
    one_file: OneFile, team: str | dict[str, str], unknown: str
) -> None:
    """A layout that takes provider and team from elsewhere still does not know what a breakdown does to a row."""
    layout = raw_layouts(EXAMPLE / "vm.toml")["staff_survey"]
    del layout["unpivot"]["values"]["ENOUGH_STAFF"]
    layout["columns"] |= {"provider_code": {"batch": "provider_code"}, "team_name": team}
    found = one_file.stage(RELIGION, "survey", layout | {"where": """"Year" = '2021'"""})
    assert found.refused_code == "unknown_header"
    assert found.refused_because.startswith(f"found the column {unknown}, which the layout neither uses nor ignores")


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("layout", ["croydon_ledger", "imperial_ledger", "lewisham_greenwich_ledger"])
def test_a_wrong_alias_is_said_with_what_was_expected_and_found(one_file: OneFile, folder: str, layout: str) -> None:
    wrong = raw_layouts(EXAMPLE / "vm.toml")[layout]
    wrong["columns"] |= {"journal_id": "Transaktion No", "posting_date": ["Day", "Booked on"]}
    for path in headers(folder):
        found = one_file.stage(path, "ledger", wrong)
        names = header(path)
        assert found.refused_code == "missing_header"
        assert "'Transaktion No' (for journal_id" in found.refused_because
        assert "'Day' or 'Booked on' (for posting_date" in found.refused_because  # all of them at once
        assert f"found {', '.join(names)}." in found.refused_because
        if "Transaction Number" in names:
            assert "(for journal_id; the closest is 'Transaction Number')" in found.refused_because


@pytest.mark.parametrize(
    ("provider", "file", "column", "expected", "closest"),
    [
        ("RQM", "CHWE 03 - June.csv", "account_code", "Expense Type", ""),
        ("RQM", "CHWE 11 - February.csv", "journal_id", "Transaction Reference", "Their Reference"),
        ("RKE", "WHIT 01 - April.csv", "journal_id", "Transaction Number", "Transaction Reference"),
        ("RKE", "WHIT 03 - June.csv", "journal_id", "Transaction Number", "Transaction Date"),
        ("RJ1", "GUYS 02 - May.csv", "amount", "Amount", "Amount in Sterling"),
    ],
)
def test_a_header_that_drifted_is_never_a_silent_null(
    one_file: OneFile, provider: str, file: str, column: str, expected: str, closest: str
) -> None:
    layout = raw_layouts(OTHER_TRUSTS)[{"RQM": "chelsea", "RKE": "whittington", "RJ1": "guys"}[provider]]
    found = one_file.stage(
        LONDON / "spend_raw" / file[:4] / file, "ledger", layout | {"columns": layout["columns"] | {column: expected}}
    )
    assert found.refused_code == "missing_header"
    hint = f"; the closest is {closest!r}" if closest else ""
    assert f"{expected!r} (for {column}{hint})" in found.refused_because


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("layout", ["croydon_ledger", "imperial_ledger", "lewisham_greenwich_ledger"])
def test_another_trust_s_layout_brings_in_a_file_whole_or_not_at_all(
    one_file: OneFile, folder: str, layout: str
) -> None:
    """Some trusts share headers; then a row that means something else there is rejected, where that can be told."""
    rules = {"EPSH": {"bad_date"}, "WHIT": {"missing_code"}}  # American dates; a premium without a reference
    for path in headers(folder):
        found = one_file.stage(path, "ledger", raw_layouts(EXAMPLE / "vm.toml")[layout])
        if found.refused:
            assert found.refused_code in ("missing_header", "unknown_header")
        else:
            assert {one.rule_code for one in found.rejections} == rules.get(folder, set())


def test_a_misspelt_column_of_a_layout_is_said(one_file: OneFile) -> None:
    layout = raw_layouts(EXAMPLE / "vm.toml")["croydon_ledger"]
    layout["columns"]["suplier_code"] = "Supplier"
    found = one_file.stage(ledgers("CROY")[0], "ledger", layout)
    assert found.refused_code == "unknown_header"
    assert "found the column 'suplier_code'" in found.refused_because
    assert found.refused_because.endswith("The closest is 'supplier_code'. Correct the layout of this provider.")


def test_what_cannot_be_a_configuration_is_said_before_anything_runs(tmp_path: Path) -> None:
    text = (EXAMPLE / "vm.toml").read_text("utf-8")
    wrong = {
        'provider = "RJ6"\nfiles': "files",
        "(?P<financial_month>": "(?P<financial_month",
        'covers = "2021-10"': 'covers = "2021"',
        '{ batch = "first_day" }': '{ batch = "wave" }',
        '["Stress_base", "Stress_rate"]': '["Stress_base"]',
        'database = "sqlite:': 'database = "',
        'layout = "beds"': 'layout = "bed"',
    }
    for old, new in wrong.items():
        config = tmp_path / "vm.toml"
        config.write_text(text.replace(old, new), "utf-8")
        with pytest.raises(ConfigurationError, match=r"vm\.toml:\d+: (source|layout).*found .*expected"):
            configured(config, tmp_path)
