"""DuckDB takes no more memory than it is given, and all DuckDBs of a staging together no more than one."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm_pipeline.memory import half_of_machine, limits, share
from vm_pipeline.settings import Asked, load
from vm_pipeline_tests.programme import Programme


def limit(memory: str) -> float:
    """Bytes, as DuckDB understands a text."""
    number, unit = (
        duckdb.connect(config={"memory_limit": memory})
        .sql("SELECT current_setting('memory_limit')")
        .fetchall()[0][0]
        .split()
    )
    return float(number) * 1024 ** ["bytes", "KiB", "MiB", "GiB", "TiB"].index(unit)


def test_it_is_half_of_the_machine_unless_the_settings_say_otherwise(tmp_path: Path) -> None:
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert limit(half_of_machine(tmp_path / "no container")) == pytest.approx(whole / 2, rel=0.1)
    assert load(Asked(home=tmp_path)).memory == half_of_machine()
    config = tmp_path / "vm.toml"
    config.write_text('memory = "3GB"\n', "utf-8")
    assert load(Asked(config=config, home=tmp_path)).memory == "3GB"


def test_a_container_that_may_take_less_has_less(tmp_path: Path) -> None:
    said = tmp_path / "memory.max"
    said.write_text(f"{2 << 30}\n", "ascii")
    assert half_of_machine(said) == "1024MiB"
    said.write_text("max\n", "ascii")
    assert half_of_machine(said) == half_of_machine(tmp_path / "none")


@given(st.integers(1, 64), st.sampled_from(["KB", "MB", "GiB", "gb"]), st.decimals(1, 512, places=1))
def test_shares_add_up_to_the_whole(several: int, unit: str, number: Any) -> None:
    part = share(f"{number}{unit}", several)
    assert part.endswith(unit)
    assert float(part.removesuffix(unit)) * several == pytest.approx(float(number), abs=0.001 * several)


def test_what_is_not_said_is_left_to_duckdb() -> None:
    assert limits("") == {}
    assert limits("1GB", 2, 4) == {"memory_limit": "0.250GB", "threads": 2}
    with duckdb.connect(config=limits("512MiB", 1)) as con:
        assert con.execute("SELECT current_setting('memory_limit'), current_setting('threads')").fetchone() == (
            "512.0 MiB",
            1,
        )


def test_every_worker_of_a_staging_has_its_share(programme: Programme, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[dict[str, Any]] = []
    real = duckdb.connect

    def connect(*rest: Any, **options: Any) -> duckdb.DuckDBPyConnection:
        given.append(options.get("config", {}))
        return real(*rest, **options)

    programme.ledger({})
    programme.receive()
    monkeypatch.setattr(duckdb, "connect", connect)
    replace(programme.staging, memory="1GB", threads=4).stage(programme.receipts())
    assert given and {config["memory_limit"] for config in given} == {"0.250GB"}
    assert all("temp_directory" in config for config in given)
