"""Rows of anything: whatever the cells hold, every row is accepted, or rejected for the reason feeds.md gives."""

from collections.abc import Callable

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vm_pipeline_tests.programme import ACTIVITY_RECORD, COUNTED, LEDGER_LINE, QUESTIONNAIRE, Cells, Programme, written
from vm_pipeline_tests.staging import spellings

BLANK = " \t\r\n\x0b\x0c\u00a0\u2007\u202f\u200b\ufeff"
NASTY = st.text(st.sampled_from("0123456789.,-+()£CRDZT:/ _eE'\"\\;|\t\n\u00a0\u200b٣ſ#%"), max_size=12)
ODD = st.one_of(
    NASTY, st.sampled_from(["", " ", "NULL", "NaN", "9" * 17, "-", "=1+1", "2022-07-12", "B9", "D", "0", "yes"])
)


def rows(sound: Cells, keys: dict[str, list[str]]) -> st.SearchStrategy[list[dict[str, str]]]:
    """Rows with up to four odd cells each; keys from a few, so that some come twice."""
    chosen = {name: st.sampled_from(values) for name, values in keys.items()}
    odd = st.dictionaries(st.sampled_from(list(sound)), ODD, max_size=4)
    return st.lists(st.tuples(st.fixed_dictionaries(chosen), odd).map(lambda p: {**sound, **p[0], **p[1]}), max_size=15)


def first_failed(*rules: tuple[str, bool]) -> str:
    return next((code for code, failed in rules if failed), "")


def ledger_code(row: Cells) -> str:
    provider = row["provider_code"].upper()
    required = [row["cost_centre_code"], row["account_code"], row["journal_id"], provider]
    year, period = spellings.financial_year(row["financial_year"]), spellings.ledger_period(row["period"])
    return first_failed(
        ("missing_code", not all(required) or spellings.whole(row["line_no"]) is None),
        ("wrong_provider", provider != "B1"),
        ("bad_period", year is None or period is None),
        ("bad_date", spellings.day(row["posting_date"]) is None),
        ("bad_amount", spellings.money(row["amount"]) is None),
        ("bad_wte", bool(row["wte"]) and spellings.decimals(7, 2, "-?")(row["wte"]) is None),
    )


def activity_code(row: Cells) -> str:
    provider, kind = row["provider_code"].upper(), row["transaction_type"].upper()
    start, end = spellings.moment(row["start_at"]), spellings.moment(row["end_at"])
    return first_failed(
        ("missing_code", not (provider and row["record_id"])),
        ("missing_code", kind != "D" and not (row["unit_code"] and row["measure_code"])),
        ("wrong_provider", provider != "B1"),
        ("bad_type", kind not in ("I", "R", "D")),
        ("", kind == "D"),
        ("bad_date", start is None or (end is None and row["end_at"] != "")),
        ("end_before_start", bool(start and end and end < start)),
        ("bad_quantity", row["quantity"] != "" and spellings.decimals(15, 3)(row["quantity"]) is None),
    )


def survey_code(row: Cells) -> str:
    provider = row["provider_code"].upper()
    return first_failed(
        ("missing_code", not (provider and row["survey_code"] and row.get("question_code", "x"))),
        ("wrong_provider", provider != "B1"),
        ("bad_date", spellings.day(row["wave_date"]) is None),
    )


def with_duplicates(found: list[str], keys: list[tuple[object, ...] | None], keep: str) -> list[str]:
    """Among sound rows with one key all but the first (or last) are duplicates."""
    order = list(range(len(found)))
    seen = set()
    for n in order if keep == "first" else reversed(order):
        if not found[n] and keys[n] is not None:
            found[n] = "duplicate" if keys[n] in seen else ""
            seen.add(keys[n])
    return found


def key_of(*parts: object) -> tuple[object, ...] | None:
    return None if any(part in ("", None) for part in parts) else parts


def judged(folder: Programme, name: str, sent: list[dict[str, str]], sound: Cells) -> list[str]:
    """The code of every row, as staged."""
    folder.send(name, written(sent, sound))
    folder.night()
    found = dict(folder.rejected())
    summary = folder.summary()
    assert not summary.refused, summary.refused_because
    assert (summary.rows_received, summary.rows_accepted) == (len(sent), len(sent) - len(found))
    return [found.get(number, "") for number in range(1, len(sent) + 1)]


@pytest.fixture
def anywhere(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Programme]:
    """A new programme for every example."""
    return lambda: Programme(tmp_path_factory.mktemp("any"))


several = settings(max_examples=15, suppress_health_check=[*HealthCheck])


@given(sent=rows(LEDGER_LINE, {"journal_id": ["J1", "J2"], "line_no": ["1", "01", "2"]}))
@several
def test_any_ledger(anywhere: Callable[[], Programme], sent: list[dict[str, str]]) -> None:
    cells = [{name: cell.strip(BLANK) for name, cell in row.items()} for row in sent]
    keys = [key_of(row["journal_id"], spellings.whole(row["line_no"])) for row in cells]
    expected = with_duplicates(list(map(ledger_code, cells)), keys, "first")
    programme = anywhere()
    assert judged(programme, "ledger/B1/2022-07.csv", sent, LEDGER_LINE) == expected
    pounds = [(spellings.money(row["amount"]), code) for row, code in zip(cells, expected, strict=True)]
    assert programme.summary().received == sum(amount for amount, _ in pounds if amount is not None)
    assert programme.summary().accepted == sum(amount for amount, code in pounds if amount is not None and not code)


@given(
    sent=rows(ACTIVITY_RECORD, {"transaction_type": ["I", "R", "D"], "end_at": ["", "2022-07-12", "2022-08-01T09:00"]})
)
@several
def test_any_activity(anywhere: Callable[[], Programme], sent: list[dict[str, str]]) -> None:
    expected = [activity_code({name: cell.strip(BLANK) for name, cell in row.items()}) for row in sent]
    assert judged(anywhere(), "activity/B1/2022-07.csv", sent, ACTIVITY_RECORD) == expected


@given(sent=rows({**QUESTIONNAIRE, "Q2": "Yes"}, {"respondent_ref": ["R1", "R2", ""]}))
@several
def test_any_survey(anywhere: Callable[[], Programme], sent: list[dict[str, str]]) -> None:
    cells = [{name: cell.strip(BLANK) for name, cell in row.items()} for row in sent]
    keys = [key_of(row["survey_code"].upper(), spellings.day(row["wave_date"]), row["respondent_ref"]) for row in cells]
    expected = with_duplicates(list(map(survey_code, cells)), keys, "last")
    assert judged(anywhere(), "survey/B1/2022-07.csv", sent, {**QUESTIONNAIRE, "Q2": ""}) == expected


@given(sent=rows({**COUNTED, "positive_pct": ""}, {"positive": ["7", ""], "positive_pct": ["", "33.3", "100"]}))
@several
def test_any_survey_added_up(anywhere: Callable[[], Programme], sent: list[dict[str, str]]) -> None:
    """What it carries on is sound: no more positive answers than answers."""
    programme = anywhere()
    found = judged(programme, "survey/B1/2022-07.csv", sent, {**COUNTED, "positive_pct": ""})
    cells = [{name: cell.strip(BLANK) for name, cell in row.items()} for row in sent]
    assert [code for code in found if code != "duplicate"] == [
        survey_code(row) for row, code in zip(cells, found, strict=True) if code != "duplicate"
    ]
    path = str(programme.staging.accepted(programme.receipt()))
    unsound = duckdb.read_parquet(path).filter("answer IS NULL AND (answers IS NULL OR positive > answers)")
    assert unsound.fetchall() == []
