"""What a source of files or a query says of itself, on small files. Needs no real data."""

import re
import sqlite3
from pathlib import Path

import pytest

from vm_pipeline import settings
from vm_pipeline.home import Home
from vm_pipeline.settings import Asked, ConfigurationError, Settings
from vm_pipeline_tests.programme import FIRST_NIGHT

FILES = """
[[source]]
feed = "ledger"
provider = {provider}
files = "in/*.csv"
period = {{ pattern = '^(?P<financial_month>\\d\\d)', financial_year = "2020/21" }}
"""
QUERY = """
[[source]]
feed = "activity"
provider = ["a1", "B2"]
database = "sqlite:///file:{database}?mode=ro&uri=true"
first = "2020-04"
last = "2020-05"
query = "SELECT n FROM done WHERE who = :provider_code AND day BETWEEN :first_day AND :last_day ORDER BY day"
"""


def configured(folder: Path, text: str) -> Settings:
    config = folder / "vm.toml"
    config.write_text(text, "utf-8")
    return settings.load(Asked(config=config), {})


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / "in" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x\n", "utf-8")


def test_the_month_is_in_the_name(tmp_path: Path) -> None:
    put(tmp_path, "01 - April.csv", "09 - Decembre.csv", "10 - January.csv")
    (source,) = configured(tmp_path, FILES.format(provider='"b1"')).sources
    extracts, problems = source.find()
    assert [str(one.slot) for one in extracts] == ["ledger/B1/2020-04", "ledger/B1/2020-12", "ledger/B1/2021-01"]
    assert problems == []


def test_a_thirteenth_month_is_no_april(tmp_path: Path) -> None:
    put(tmp_path, "12.csv", "13.csv", "00.csv")
    (source,) = configured(tmp_path, FILES.format(provider='"B1"')).sources
    extracts, problems = source.find()
    assert [str(one.slot) for one in extracts] == ["ledger/B1/2021-03"]
    assert [Path(one.where).name for one in problems] == ["00.csv", "13.csv"]


def test_two_files_for_one_month_are_a_problem_and_neither_counts(tmp_path: Path) -> None:
    put(tmp_path, "05 - August.csv", "06 - September.csv", "06 - September (corrected).csv")
    (source,) = configured(tmp_path, FILES.format(provider='"B1"')).sources
    extracts, problems = source.find()
    assert [str(one.slot) for one in extracts] == ["ledger/B1/2020-08"]
    assert [Path(one.where).name for one in problems] == ["06 - September (corrected).csv", "06 - September.csv"]
    assert "found another file for ledger/B1/2020-09; expected one file a month." in str(problems[0])


def test_one_query_serves_several_providers(tmp_path: Path) -> None:
    database = tmp_path / "a b.db"
    with sqlite3.connect(database) as con:
        con.execute("CREATE TABLE done (who TEXT, day TEXT, n INTEGER)")
        con.executemany(
            "INSERT INTO done VALUES (?, ?, ?)",
            [("A1", "2020-04-30", 1), ("B2", "2020-05-01", 2), ("C3", "2020-05-01", 3)],
        )
    con.close()
    home = Home(configured(tmp_path, QUERY.format(database=database)))
    received = home.receive(FIRST_NIGHT)
    assert {str(one.slot): home.landing.verified(one.sha256).read_bytes() for one in received.new} == {
        "activity/A1/2020-04": b"n\n1\n",
        "activity/B2/2020-05": b"n\n2\n",
    }
    assert received.problems == []


def test_a_database_that_is_not_there_is_a_problem_and_is_not_made(tmp_path: Path) -> None:
    home = Home(configured(tmp_path, QUERY.format(database=tmp_path / "gone.db")))
    problems = [str(one) for one in home.receive(FIRST_NIGHT).problems]
    assert len(problems) == 2, "one a source, however many months it is asked for"
    assert "found no database of that name (OperationalError); expected the one that is named." in problems[0]
    assert not (tmp_path / "gone.db").exists()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("provider", "#", "found no `provider`, expected the code of the provider whose ledger it is."),
        ("files", "#", "found neither `folder` nor `files` nor "),
        ('"2020/21"', '"2020"', "source 1.period: found financial_year = '2020', expected one like 2020/21."),
        ("(?P<", "(?P[", "source 1.period: found pattern = '^(?P[financial_month>"),
    ],
)
def test_a_source_that_cannot_work_is_said(tmp_path: Path, old: str, new: str, reason: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        configured(tmp_path, FILES.format(provider='"B1"').replace(old, new))
    assert re.search(r"vm\.toml:\d: source 1", str(raised.value))
    assert reason in str(raised.value)
