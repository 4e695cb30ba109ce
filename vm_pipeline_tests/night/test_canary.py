"""Identifiers in every place a sender may put them: after a night none is found outside landing.

Searched is all there is: what the command says, logs, every file of the home as bytes (Dagster's history among them),
every Parquet file as rows, and every table of the warehouse.
"""

import logging
import shutil
from pathlib import Path

import duckdb
import pytest

from vm_pipeline_tests.night.conftest import Door
from vm_pipeline_tests.programme import ACTIVITY_RECORD, COUNTED, LEDGER_LINE, QUESTIONNAIRE, activity

NAME = "Zebedee Quux"
CANARIES = (
    *("0211165794", "1811431232", "1304496368", "0101011237", "402070763"),
    *("021116\u00a05794", "181143\u20131232", "１３０４４９６３６８", "1.811431232E9"),
    *("943 476 5919", "9434765919", "320 000 0101", "AB 12 34 56 C", "AB123456C"),
    *("zebedee.quux@nhs.scot", "G42 9BA", "EH11 2NL", "KY1 1RZ"),
)
DECLARED = ("narrative", "patient_ref", "respondent_ref", "record_id")


def month(place: int) -> str:
    return f"20{20 + place // 12}-{place % 12 + 1:02}"


def send_everywhere(door: Door) -> int:
    """A batch for every column of every feed, the identifiers in it, in sound rows and in rejected ones."""
    rows = {"ledger": LEDGER_LINE, "activity": ACTIVITY_RECORD, "survey": QUESTIONNAIRE, "counts": COUNTED}
    sent = 0
    for feed, row in rows.items():
        for column in row:
            bad = {"ledger": {"amount": "?"}, "activity": {"quantity": "?"}}.get(feed, {"wave_date": "?"})
            texts = [*CANARIES, NAME] if column in DECLARED else CANARIES
            cells = [{column: text} for text in texts] + [{**bad, column: text} for text in texts]
            getattr(door.programme, feed)(*cells, period=month(sent))
            sent += 1
    return sent


def everything(door: Door, *, staged_record_ids: bool) -> str:
    """All that can be read in the home, landing aside. `record_id` stays in staging, as the contract says."""
    told = []
    for path in sorted(one for one in door.programme.home.rglob("*") if one.is_file()):
        if "landing" in path.parts:
            continue
        if path.suffix == ".parquet":
            rows = duckdb.read_parquet(str(path))
            kept = [name for name in rows.columns if staged_record_ids or name != "record_id"]
            told.append(str(rows.select(*kept).fetchall() if kept else ""))
        else:
            told.append(path.read_bytes().decode("latin-1"))
    with duckdb.connect(str(door.snapshot), read_only=True) as con:
        for (table,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'vm'").fetchall():
            told.append(str(con.execute(f"SELECT * FROM vm.{table}").fetchall()))
    return "\n".join(told).lower()


def found(told: str) -> set[str]:
    """Which of them a text holds; a number also without its zero, as a typed column would have it."""
    forms = {one: {one.lower(), one.replace(" ", "").lower(), one.lstrip("0").lower()} for one in (*CANARIES, NAME)}
    return {one for one, ways in forms.items() if any(way in told for way in ways)}


NAMED = """[[source]]
feed = "activity"
provider = "B2"
files = "of *.csv"
period = { pattern = '(?P<period>\\d{4}-\\d\\d)' }
"""
POLICIES = {
    "refuse": 'default = "refuse"',
    "hide": 'default = "pseudonymise"\nledger = "drop"\n"activity/*/outcome_code" = "drop"',
}


@pytest.mark.parametrize("policy", POLICIES)
def test_no_identifier_leaves_landing(
    door: Door, policy: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    caplog.set_level(logging.INFO)
    sent = send_everywhere(door)
    config = tmp_path / "vm.toml"
    config.write_text(f'[[source]]\nfolder = "{door.programme.drop}"\n{NAMED}[privacy]\n{POLICIES[policy]}\n', "utf-8")
    (tmp_path / f"of {CANARIES[0]} 2022-07.csv").write_text(activity({}), "utf-8")
    told = [door(*command, VM_CONFIG=str(config)) for command in (("run",), ("status",))]
    told.append(door("rejects", "--to", str(tmp_path / "rejected.csv"), VM_CONFIG=str(config)))
    with duckdb.connect(str(door.snapshot), read_only=True) as con:
        ((batch,),) = con.execute("SELECT batch_id FROM vm.batch WHERE provider_code = 'B2'").fetchall()
    told.append(door("trace", "batch", batch, VM_CONFIG=str(config)))
    assert [one.exit_code for one in told] == [0, 0, 0, 0], told[0].output
    assert "of ? 2022-07.csv" in told[-1].output
    said = "".join(one.output for one in told) + caplog.text + "".join(capfd.readouterr())
    said += (tmp_path / "rejected.csv").read_text("utf-8")
    assert found(said.lower()) == set()
    assert found(everything(door, staged_record_ids=False)) == set()
    folders = [door.programme.home, *(one for one in door.programme.home.iterdir() if one.is_dir())]
    assert [path for path in folders if path.stat().st_mode & 0o077] == [], "rejected rows show what was sent"
    with duckdb.connect(str(door.snapshot), read_only=True) as con:
        ((refused, without_name),) = con.execute(
            "SELECT count_if(refused_because IS NOT NULL), "
            "count_if(refused_because IS NOT NULL AND NOT contains(refused_because, 'the column ')) FROM vm.batch"
        ).fetchall()
    looked_at = sent - len(DECLARED) - 1  # and one question, whose answers are on no scale
    assert refused == looked_at if policy == "refuse" else 0 < refused < looked_at
    assert without_name == 0


def test_the_search_would_find_one(door: Door, tmp_path: Path) -> None:
    """What is kept on purpose is found, in Parquet and in the warehouse: the search is not blind."""
    door.programme.ledger({"account_code": "AB123456C"}, {"account_code": "G42 9BA", "amount": "?"})
    config = tmp_path / "vm.toml"
    config.write_text(
        f'[[source]]\nfolder = "{door.programme.drop}"\n[privacy]\n"ledger/B1/account_code" = "keep"\n', "utf-8"
    )
    assert door("run", VM_CONFIG=str(config)).exit_code == 0
    assert {"AB123456C", "G42 9BA"} <= found(everything(door, staged_record_ids=True))
    shutil.rmtree(door.programme.home / "dagster")  # it has the code, which nobody had mapped: so the page on purging
    config.write_text(f'[[source]]\nfolder = "{door.programme.drop}"\n', "utf-8")
    assert door("run", VM_CONFIG=str(config)).exit_code == 0
    assert found(everything(door, staged_record_ids=True)) == set(), "what was kept is refused now, and is nowhere"
