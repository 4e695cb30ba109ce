"""With the file of the night before at hand only other rows are written; whatever that file is, the draft comes out."""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from vm_pipeline import settings
from vm_pipeline.home import Home
from vm_pipeline.settings import Asked
from vm_pipeline.warehouse.fingerprint import fingerprint_of
from vm_pipeline.warehouse.postgres import writing
from vm_pipeline.warehouse.postgres.publish import fingerprint, publish
from vm_pipeline.warehouse.postgres.refused import WarehouseRefused
from vm_pipeline_tests.postgres.conftest import Warehouse

Nights = tuple[Path, Path]
Later = Callable[[Path, str, str], Path]

ONE_ROW = "WHERE rowid = (SELECT min(rowid) FROM vm.{0} WHERE {1})"
OTHER = {  # a change of one row in tables with one part, with parts, and with cost that belongs to no month
    "dim_team": "UPDATE vm.dim_team SET team_name = 'Another' " + ONE_ROW.format("dim_team", "true"),
    "team_week": "UPDATE vm.team_week SET patients = -1 " + ONE_ROW.format("team_week", "true"),
    "indicator_value": "UPDATE vm.indicator_value SET value = 0.5 " + ONE_ROW.format("indicator_value", "true"),
    "indicator_signal": "DELETE FROM vm.indicator_signal " + ONE_ROW.format("indicator_signal", "true"),
}


def lying(there: Warehouse, table: str) -> set[tuple[object, ...]]:
    """Where every row lies, and the transaction that wrote it."""
    return set(there.ask(f"SELECT tableoid, ctid::text, xmin::text FROM vm.{table}"))


def test_only_the_row_that_is_another_is_written(published: Warehouse, nights: Nights, later: Later) -> None:
    before = {table: lying(published, table) for table in OTHER}
    changed = later(nights[0], "2027-01-01", ";".join(OTHER.values()))
    assert publish(changed, published.address, before=nights[0])
    for table, sql in OTHER.items():
        after = lying(published, table)
        assert len(before[table] - after) == 1, table
        assert len(after - before[table]) == (0 if "DELETE" in sql else 1), table
    assert fingerprint(published.address) == fingerprint_of(changed)


def test_a_home_tells_what_the_file_had(published: Warehouse, nights: Nights, later: Later, tmp_path: Path) -> None:
    """The file that is about to be replaced says which rows those are."""
    before = lying(published, "team_week")
    shutil.copyfile(nights[0], tmp_path / "warehouse.duckdb")
    home = Home(settings.load(Asked(home=tmp_path, warehouse=published.address), {}))
    changed = later(nights[0], "2999-01-01", OTHER["team_week"])
    expected = fingerprint_of(changed)
    assert home.publish(changed)
    assert len(before - lying(published, "team_week")) == 1
    assert fingerprint(published.address) == fingerprint_of(home.settings.warehouse) == expected


def test_a_month_sent_again_leaves_the_rows_of_others(published: Warehouse, nights: Nights) -> None:
    with duckdb.connect(str(nights[0]), read_only=True) as con:
        con.execute(f"ATTACH '{nights[1]}' AS later (READ_ONLY)")
        other = con.execute(
            "SELECT count(*) FROM (FROM vm.indicator_value EXCEPT FROM later.vm.indicator_value)"
        ).fetchall()
    before = lying(published, "indicator_value")
    assert publish(nights[1], published.address, before=nights[0])
    assert len(before - lying(published, "indicator_value")) == other[0][0] < len(before) / 2
    assert fingerprint(published.address) == fingerprint_of(nights[1])


def test_a_file_sent_again_goes_by_its_batch_and_not_by_a_key_a_line(
    published: Warehouse, nights: Nights, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = "UPDATE vm.fact_cost SET batch_id = 'another' WHERE batch_id = (SELECT min(batch_id) FROM vm.fact_cost)"
    before = lying(published, "fact_cost")
    by_key: list[object] = []
    monkeypatch.setattr(writing, "_delete", lambda con, change, keys: by_key.extend(keys))
    changed = later(nights[0], "2027-01-01", again)
    assert publish(changed, published.address, before=nights[0])
    assert by_key == []
    assert 0 < len(before - lying(published, "fact_cost")) < len(before)
    assert fingerprint(published.address) == fingerprint_of(changed)


def test_a_zero_that_changed_its_sign_is_the_same_row(published: Warehouse, nights: Nights, later: Later) -> None:
    sql = "UPDATE vm.indicator_value SET value = {} " + ONE_ROW.format("indicator_value", "true")
    zero = later(nights[0], "2027-01-01", sql.format("0.0"))
    minus = later(nights[0], "2027-01-02", sql.format("-0.0::DOUBLE"))
    assert publish(zero, published.address, before=nights[0])
    before = lying(published, "indicator_value")
    assert publish(minus, published.address, before=zero)
    assert lying(published, "indicator_value") == before
    assert fingerprint(published.address) == fingerprint_of(minus) == fingerprint_of(zero)


def test_a_file_that_is_not_what_the_server_has_is_not_believed(
    published: Warehouse, nights: Nights, later: Later, tmp_path: Path
) -> None:
    """Another night, the draft itself, a file of an older version, one that is none, and none."""
    other = later(nights[1], "2026-12-01", ";".join(OTHER.values()))
    older = later(
        nights[0], "2026-12-02", "DROP VIEW vm.bi_box_score; ALTER TABLE vm.indicator_value DROP COLUMN value"
    )
    (tmp_path / "broken.duckdb").write_bytes(b"no warehouse")
    files = [other, older, tmp_path / "broken.duckdb", tmp_path / "absent.duckdb", nights[0]]
    for number, before in enumerate(files):
        draft = later(nights[(number + 1) % 2], f"2027-02-{10 + 2 * number}", list(OTHER.values())[number % 4])
        assert publish(draft, published.address, before=before)
        assert fingerprint(published.address) == fingerprint_of(draft), before.name


def test_rows_that_nobody_noted_are_written_anew(published: Warehouse, nights: Nights, later: Later) -> None:
    """What the how-to says for rows that were changed by hand; also where the file says that nothing changed."""
    published.ask("UPDATE vm.indicator_value SET value = 7; DELETE FROM vm_ops.content;")
    assert publish(later(nights[0], "2027-01-01", ""), published.address, before=nights[0])
    assert fingerprint(published.address) == fingerprint_of(nights[0])


def test_a_failure_among_single_rows_leaves_the_night_before(
    published: Warehouse, nights: Nights, later: Later
) -> None:
    published.ask("ALTER TABLE vm.team_week ADD CONSTRAINT known CHECK (patients >= 0) NOT VALID")
    with pytest.raises(WarehouseRefused, match="23514"):
        publish(later(nights[0], "2027-01-01", ";".join(OTHER.values())), published.address, before=nights[0])
    assert fingerprint(published.address) == fingerprint_of(nights[0])
