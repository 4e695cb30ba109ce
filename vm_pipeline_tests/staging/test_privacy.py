"""Who a row is about ends in staging: narratives, respondents, patients."""

import duckdb
import pytest

from vm_pipeline.staging.policy import Policy
from vm_pipeline_tests.programme import Programme

SECRET = "Zebedee Quux"


def everything_staged(programme: Programme) -> str:
    """Every cell of every Parquet file and every summary, as one text."""
    rows = [
        str(duckdb.read_parquet(str(path)).fetchall()) + str(duckdb.read_parquet(str(path)).columns)
        for path in programme.staging.root.rglob("*.parquet")
    ]
    return "\n".join(rows + [path.read_text("utf-8") for path in programme.staging.root.rglob("*.json")])


@pytest.fixture
def staged(programme: Programme) -> str:
    """Sound and rejected rows of every feed, the secret in every place a person may be named."""
    programme.ledger({"narrative": SECRET}, {"narrative": SECRET, "amount": "?"})
    programme.activity({"patient_ref": SECRET}, {"patient_ref": SECRET, "quantity": "?"}, {"record_id": SECRET})
    programme.survey(
        {"respondent_ref": SECRET, "Q1": SECRET}, {"respondent_ref": SECRET, "wave_date": "?", "Q1": SECRET}
    )
    programme.night()
    return everything_staged(programme)


def test_narratives_respondents_and_patients_go_no_further(staged: str) -> None:
    """A record's id stays: transactions of a record must find each other. Nothing else does."""
    assert "bad_quantity" in staged
    assert staged.count(SECRET) == 1
    assert "narrative'" not in staged
    assert "respondent_ref" not in staged.replace('"respondent_ref"', "")  # a header, in the summary


def test_no_identifier_is_in_a_published_table(programme: Programme, staged: str) -> None:
    con = programme.warehouse()
    tables = [
        row[0] for row in con.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'vm'").fetchall()
    ]
    assert "fact_activity" in tables
    for table in tables:
        assert SECRET not in str(con.execute(f"SELECT * FROM vm.{table}").fetchall())
        columns = {row[0] for row in con.execute(f"DESCRIBE vm.{table}").fetchall()}
        assert not columns & {"patient_ref", "record_id", "respondent_ref", "narrative"}


def test_a_patient_is_a_keyed_hash(programme: Programme, staged: str) -> None:
    """The same patient is the same hash, under one key."""
    first, again, nobody = programme.accepted("patient_ref", "activity/B1/2022-07")[0][0], None, None
    programme.activity({"patient_ref": f" {SECRET} "}, {"patient_ref": ""}, period="2022-08")
    programme.night()
    (again,), (nobody,) = programme.accepted("patient_ref", "activity/B1/2022-08")
    assert isinstance(first, str)
    assert (again, nobody, len(first)) == (first, None, 16)
    other = Programme(programme.root / "other", pseudonym_key="another key")
    other.activity({"patient_ref": SECRET})
    other.night()
    assert other.accepted("patient_ref") != [(first,)]


def test_with_another_key_a_patient_is_one_in_every_batch(programme: Programme, staged: str) -> None:
    """What was hashed with the key before is hashed again; what is not hashed is not staged again."""
    ((before,), *_) = programme.accepted("patient_ref", "activity/B1/2022-07")
    programme.pseudonym_key = "another key"
    unstaged = {str(one.slot) for one in programme.staging.unstaged(programme.receipts())}
    assert unstaged == {"activity/B1/2022-07"}
    programme.activity({"patient_ref": SECRET}, period="2022-08")
    programme.night()
    first, later = (programme.accepted("patient_ref", f"activity/B1/{month}")[0] for month in ("2022-07", "2022-08"))
    assert first == later != (before,)
    programme.policy = Policy.of({"ledger/*/journal_id": "pseudonymise"})
    assert not programme.staging.is_staged(programme.receipt("ledger/B1/2022-07"))
    programme.night()
    programme.pseudonym_key = "a third key"
    assert not programme.staging.is_staged(programme.receipt("ledger/B1/2022-07"))


def test_landing_is_for_its_owner_only(programme: Programme, staged: str) -> None:
    assert programme.landing.root.stat().st_mode & 0o077 == 0
