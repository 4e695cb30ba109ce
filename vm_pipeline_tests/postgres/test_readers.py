"""Readers of the benchmark see what is torn: a series in which sums do not agree fails."""

from pathlib import Path

import pytest

from bench.readers import Readers
from vm_pipeline_tests.postgres.conftest import Warehouse


def test_a_sum_that_does_not_agree_ends_the_series(published: Warehouse, tmp_path: Path) -> None:
    readers = Readers(published.server, published.name, tmp_path, "B1", "2022-05")
    readers.make_ready()
    sums = (tmp_path / "one.sql").read_text("utf-8")
    assert published.ask(sums) == [(1,)], "there is something to add up"
    assert min(readers.read(1, pausing=True)) > 0
    published.ask("UPDATE vm.reconciliation SET team_total_gbp = team_total_gbp + 0.01")
    (tmp_path / "box.sql").write_text(sums, "utf-8")  # so that every question adds up
    with pytest.raises(RuntimeError, match="division by zero"):
        readers.read(1, pausing=True)
