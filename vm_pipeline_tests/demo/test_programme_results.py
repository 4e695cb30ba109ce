"""The programme's results: every query of the page, run on the demo's warehouse, prints what the page says it does."""

import re
from pathlib import Path

import duckdb
import pytest

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "programme-results.md"
Row = dict[str, str]


def as_printed(found: duckdb.DuckDBPyConnection) -> list[str]:
    """A result as the page's tables have it."""
    names = [column[0] for column in found.description]
    rows = [["" if cell is None else str(cell) for cell in row] for row in found.fetchall()]
    return ["| " + " | ".join(cells) + " |" for cells in (names, ["---"] * len(names), *rows)]


def queries() -> list[tuple[str, str, str]]:
    """(heading, query, the table below it) of the page."""
    found = []
    for part in PAGE.read_text("utf-8").split("\n## ")[1:]:
        heading = part.partition("\n")[0]
        pairs = re.findall(r"^```sql\n(.*?)^```\n\n((?:^\|[^\n]*\n)+)", part, re.MULTILINE | re.DOTALL)
        found += [(f"{heading} {number}", sql, table) for number, (sql, table) in enumerate(pairs, 1)]
    return found


QUERIES = queries()


def printed(heading: str) -> list[Row]:
    """The page's own table, as rows."""
    lines = next(table for name, _, table in QUERIES if name == heading).splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


@pytest.mark.parametrize(("heading", "sql", "table"), QUERIES, ids=[name for name, _, _ in QUERIES])
def test_a_query_prints_what_the_page_says(
    demo_warehouse: duckdb.DuckDBPyConnection, heading: str, sql: str, table: str
) -> None:
    assert "staging." not in sql and "core." not in sql, "published tables only"
    assert as_printed(demo_warehouse.execute(sql)) == table.splitlines()


def test_every_query_has_its_result() -> None:
    assert len(QUERIES) == PAGE.read_text("utf-8").count("```sql")


def test_the_page_gives_the_published_figures() -> None:
    """Whatever else is printed, these are the headlines."""
    (milk,) = printed("Milk at Ninewells 1")
    assert (milk["baseline_gbp"], milk["actual_gbp"]) == ("67900.00", "57715.00")
    assert (milk["saving_gbp"], milk["saving_pct"]) == ("10185.00", "15.0")
    assert printed("Milk at Ninewells 2")[0]["balancing_held"] == "True"
    assert [row["returned_pct"] for row in printed("Returned referrals in Easter Ross 1")] == ["31", "15"]
    safe = printed("Supported and safe in adult mental health admissions 1")
    assert [row["sustained"] for row in safe] == ["True", "True"]
    assert all(float(row["lowest_wave_pct"]) > 90 for row in safe)
    assert printed("The day medicine unit 1")[0]["net_saving_gbp"] == "69720.00"
    stays = printed("Length of stay in the spinal unit 1")
    assert [row["stays"] for row in stays] == ["completed", "current"]
    assert all(122 <= float(row["mean_days"]) <= 152 for row in stays), "four to five months"
    assert printed("Coaches 1")[0]["progressed"] == "10"
    assert {row["item_code"]: float(row["mean_gain"]) > 0 for row in printed("Coaches 2")}["CONFIDENCE"]
    assert 0 < float(printed("The extended team 1")[-1]["extended_pct"]) < 100
    before, after = printed("Ward 7A 1")
    assert (before["cost_per_patient_gbp"], after["cost_per_patient_gbp"]) == ("807.70", "631.50")
    assert (after["cost_per_patient_change_pct"], after["patients_change_pct"]) == ("-21.8", "28.9")
    assert printed("Ward 7A 2")[0]["is_cash_releasing"] == "False"
