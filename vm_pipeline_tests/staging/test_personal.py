"""Columns with identifiers of people are found by rate, and refused, dropped or hashed; numbers are left alone."""

import io
import random
from collections.abc import Callable, Iterator

import duckdb
import openpyxl
import pytest

from vm_pipeline.feeds.contract import Privacy
from vm_pipeline.feeds.identifiers import masked
from vm_pipeline.feeds.ledger import LEDGER
from vm_pipeline.sources.extract import Problem
from vm_pipeline.staging.personal import holds_identifier
from vm_pipeline.staging.policy import Policy
from vm_pipeline_tests.programme import ACTIVITY_RECORD, COUNTED, LEDGER_LINE, Programme, ledger
from vm_pipeline_tests.staging.test_privacy import everything_staged

CHIS = ("0211165794", "1811431232", "1304496368", "0101011237")
OTHERS = {
    "NHS number": ("9434765919", "943 476 5919", "4010232137"),
    "National Insurance number": ("AB123456C",),
    "e-mail address": ("zebedee.quux@nhs.scot",),
    "postcode": ("G42 9BA", "EH11 2NL", "KY1 1RZ"),
}


def batch(programme: Programme, column: str, *texts: str) -> None:
    """One ledger batch with these texts in a column."""
    programme.ledger(*({column: text} for text in texts))
    programme.night()


def nothing_of(programme: Programme, *texts: str) -> None:
    told = everything_staged(programme) + str(list(programme.staging.root.rglob("*")))
    assert not [text for text in texts if text.lower() in told.lower()]


def open_columns() -> Iterator[tuple[str, str]]:
    for feed, row in (("ledger", LEDGER_LINE), ("activity", ACTIVITY_RECORD), ("counts", COUNTED)):
        skipped = {"narrative", "patient_ref", "record_id"}  # declared personal: handled as declared
        yield from ((feed, column) for column in row if column not in skipped)


@pytest.mark.parametrize(("feed", "column"), [*open_columns()])
def test_any_column_is_looked_at(programme: Programme, feed: str, column: str) -> None:
    """In sound rows and in rejected ones, whatever its type."""
    send: dict[str, Callable[..., object]] = {
        "ledger": programme.ledger,
        "activity": programme.activity,
        "counts": programme.counts,
    }
    send[feed](*({column: chi} for chi in CHIS))
    programme.night()
    summary = programme.summary()
    assert summary.refused_code == "personal_data"
    assert f"the column {column} " in summary.refused_because
    assert "CHI number" in summary.refused_because
    assert (summary.rows_received, summary.rejections, summary.periods) == (0, (), ())
    assert not programme.staging.accepted(programme.receipt()).exists()
    assert not programme.staging.rejected(programme.receipt()).exists()
    nothing_of(programme, *CHIS, *(chi.lstrip("0") for chi in CHIS))


@pytest.mark.parametrize(("kind", "texts"), OTHERS.items())
def test_every_kind_is_found(programme: Programme, kind: str, texts: tuple[str, ...]) -> None:
    batch(programme, "supplier_code", *texts)
    assert f"is a {kind}" in programme.summary().refused_because
    nothing_of(programme, *texts)


@pytest.mark.parametrize(
    "text",
    [
        *("0101011237", "101011237", "010101 1237", "010101-1237", "refund to 0101011237, cash"),
        *("010101\u00a01237", "010101\u20131237", "010101 - 1237", "01/01/01 1237", "010101\u200b1237"),
        *("０１０１０１１２３７", "٠١٠١٠١١٢٣٧", "0101011237.0", "1.01011237E8", "1.01011237e+08", "X0101011237Y"),
    ],
)
def test_one_chi_number_alone_is_found(programme: Programme, text: str) -> None:
    """Chance would do that in one column of 150, and one of nine digits in one of 50: that is no proof."""
    without_zero = text.startswith("1")
    batch(programme, "supplier_code", text, *(["402070763"] if without_zero else []))
    assert programme.summary().refused_code == "personal_data"


def invoices(number: int, seed: int, digits: int = 10) -> list[str]:
    chance = random.Random(seed)
    return [f"{chance.randrange(10**digits):0{digits}}" for _ in range(number)]


@pytest.mark.parametrize("digits", [9, 10])
@pytest.mark.parametrize("number", [2, 10, 50, 300, 4000])
def test_random_invoice_numbers_are_left_alone(programme: Programme, number: int, digits: int) -> None:
    batch(programme, "journal_id", *invoices(number, number + digits, digits))
    assert not programme.summary().refused


@pytest.mark.parametrize("first", [100000001, 1012000000, 3112990000, 5100000000])
def test_serial_numbers_are_left_alone(programme: Programme, first: int) -> None:
    """Ten thousand of one day: each has a valid date, and one in five a valid check digit."""
    batch(programme, "journal_id", *(f"{number:010}" for number in range(first, first + 2000)))
    assert not programme.summary().refused


def test_codes_dates_and_amounts_are_left_alone(programme: Programme) -> None:
    programme.ledger(
        {"amount": "150000000.00", "supplier_code": "G405H", "journal_id": "2022-07-12 10:00"},
        {"amount": "12,345.67", "supplier_code": "A111H", "journal_id": "J202207120001"},
        {"amount": "-0.05", "supplier_code": "WARD 7A", "journal_id": "f47ac10b-58cc-4372-a567-0e02b2c3d479"},
        {"posting_date": "12/07/2022", "supplier_code": "01382 660111", "journal_id": "(id:42270)"},
    )
    programme.night()
    assert not programme.summary().refused
    assert programme.summary().rows_accepted == 4


def test_invoice_numbers_that_hide_chi_numbers_are_found(programme: Programme) -> None:
    chance = random.Random(3)
    chis = made_chis(chance, 60)
    batch(programme, "journal_id", *invoices(500, 5), *chis)
    assert "journal_id" in programme.summary().refused_because


def made_chis(chance: random.Random, number: int) -> Iterator[str]:
    """CHI numbers that nobody has: of the year 00, by Modulus 10."""
    for serial in range(number):
        stem = f"{chance.randrange(1, 29):02}{chance.randrange(1, 13):02}00{serial:03}"
        doubled = sum(sum(map(int, str(2 * int(digit)))) for digit in stem[::-2])
        yield f"{stem}{-(doubled + sum(map(int, stem[-2::-2]))) % 10}"


def test_only_the_batch_concerned_is_refused(programme: Programme) -> None:
    """Batches of one shape are judged by one statement, each for itself."""
    programme.ledger({"supplier_code": CHIS[0]}, {"supplier_code": CHIS[1]}, period="2022-07")
    programme.ledger({"supplier_code": "SUP7"}, period="2022-08")
    programme.night()
    assert programme.summary("ledger/B1/2022-07").refused
    assert programme.summary("ledger/B1/2022-08").rows_accepted == 1


def with_policy(programme: Programme, **said: str) -> Programme:
    programme.policy = Policy.of({key.replace("__", "/"): value for key, value in said.items()})
    return programme


def test_a_column_is_dropped(programme: Programme) -> None:
    with_policy(programme, ledger__B1__supplier_code="drop")
    programme.ledger(*({"supplier_code": chi} for chi in CHIS), {"supplier_code": CHIS[0], "amount": "?"})
    programme.night()
    summary = programme.summary()
    assert (summary.rows_accepted, summary.rows_rejected, summary.refused) == (4, 1, False)
    assert programme.accepted("supplier_code") == [(None,)] * 4
    assert [one.code for one in summary.warnings] == ["no_control", "personal_data"]
    nothing_of(programme, *CHIS)


def test_a_column_is_pseudonymised(programme: Programme) -> None:
    """The same text has the same pseudonym in every batch; rejected rows carry it too."""
    with_policy(programme, default="pseudonymise")
    for period in ("2022-07", "2022-08"):
        programme.ledger(
            *({"cost_centre_code": chi} for chi in CHIS), {"cost_centre_code": CHIS[0], "amount": "?"}, period=period
        )
    programme.night()
    first, again = (programme.accepted("cost_centre_code", f"ledger/B1/{period}") for period in ("2022-07", "2022-08"))
    assert first == again and len(set(first)) == 4
    path = programme.staging.rejected(programme.receipt("ledger/B1/2022-07"))
    ((kept,),) = duckdb.read_parquet(str(path)).select("cost_centre_code").fetchall()
    assert (kept,) == first[0] and len(kept) == 16 and kept == kept.upper()
    other = Programme(programme.root / "other", pseudonym_key="another key", policy=programme.policy)
    other.ledger(*({"cost_centre_code": chi} for chi in CHIS))
    other.night()
    assert not set(other.accepted("cost_centre_code")) & set(first)
    nothing_of(programme, *CHIS)


@pytest.mark.parametrize(
    ("column", "then", "because"),
    [
        ("journal_id", "drop", "no row may be without it"),
        ("amount", "pseudonymise", "no text that could have a pseudonym"),
        ("provider_code", "pseudonymise", "no text that could have a pseudonym"),
    ],
)
def test_what_cannot_be_done_is_refused(programme: Programme, column: str, then: str, because: str) -> None:
    with_policy(programme, default=then)
    batch(programme, column, *CHIS)
    assert because in programme.summary().refused_because
    nothing_of(programme, *CHIS)


def test_a_false_alarm_is_kept(programme: Programme) -> None:
    with_policy(programme, ledger__B1__supplier_code="keep")
    batch(programme, "supplier_code", *CHIS)
    assert [code for (code,) in programme.accepted("supplier_code")] == list(CHIS)


def test_another_policy_stages_again(programme: Programme) -> None:
    """What was refused comes into force; and back, and then nothing is left of what was kept."""
    batch(programme, "supplier_code", *CHIS)
    assert programme.summary().refused
    with_policy(programme, ledger__B1__supplier_code="keep")
    programme.staging.stage(programme.receipts())
    assert programme.in_force() == {("ledger/B1", "2022-07"): programme.receipt().content_id}
    with_policy(programme)
    programme.staging.stage(programme.receipts())
    assert not programme.in_force()
    nothing_of(programme, *CHIS)


def test_another_feed_s_policy_stages_nothing_again(programme: Programme) -> None:
    batch(programme, "supplier_code", "SUP7")
    with_policy(programme, survey="drop")
    assert programme.staging.is_staged(programme.receipt())


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"default": "shred"}, "expected one of refuse, drop, pseudonymise"),
        ({"default": "keep"}, "expected one of refuse, drop, pseudonymise"),
        ({"ledgr/B1": "drop"}, "The closest is 'ledger'"),
        ({"ledger/B1/suplier_code": "drop"}, "The closest is 'supplier_code'"),
        ({"reference/team": "drop"}, "The closest is 'teams'"),
    ],
)
def test_a_slip_in_the_policy_is_told(table: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Policy.of(table)


def test_the_last_that_fits_counts() -> None:
    policy = Policy.of({"ledger/*": "drop", "ledger/B1/supplier_code": "keep", "default": "pseudonymise"})
    assert policy.then("ledger", "B1", "supplier_code") == "keep"
    assert policy.then("ledger", "B2", "supplier_code") == "drop"
    assert policy.then("survey", "B1", "team_name") == "pseudonymise"
    assert policy.then("reference/teams", "", "team_name") == "pseudonymise"


def test_open_columns_are_those_the_tests_try() -> None:
    declared = {column.name for column in LEDGER.columns if column.privacy is Privacy.OPEN}
    assert {column for feed, column in open_columns() if feed == "ledger"} == declared


@pytest.mark.parametrize(
    "name",
    ["1811431232", "of zebedee.quux@nhs.scot", "AB123456C", "G42 9BA", "１８１１４３１２３２", "181143\u20111232"],
)
def test_a_header_that_is_an_identifier_is_not_told(programme: Programme, name: str) -> None:
    """A refusal quotes headers; a file without one has a row in their place."""
    programme.send("ledger/B1/2022-07.csv", ledger({}).replace("\n", f",{name}\n", 1).replace(",\n", ",,1\n"))
    programme.night()
    summary = programme.summary()
    assert summary.refused_code == "unknown_header"
    assert "?" in summary.refused_because
    nothing_of(programme, name)


def test_a_question_that_is_an_identifier_refuses_the_survey(programme: Programme) -> None:
    programme.survey({"SUPPORTED": "Agree", "1811431232": "Agree"})
    programme.night()
    assert programme.summary().refused_code == "personal_data"
    nothing_of(programme, "1811431232")


def test_a_file_that_is_called_by_an_identifier_is_not_told() -> None:
    told = str(
        Problem("in/Ms Quux 1811431232.csv", "'Ms Quux 1811431232.csv'", "a name like 2022-07.csv", "Rename it.")
    )
    assert told == "in/Ms Quux ?.csv: found 'Ms Quux ?.csv'; expected a name like 2022-07.csv. Rename it."


def test_a_sheet_that_is_called_by_an_identifier_is_not_told(programme: Programme) -> None:
    book = openpyxl.Workbook()
    for line in (list(LEDGER_LINE), list(LEDGER_LINE.values())):
        book.active.append(line)
    book.create_sheet("Ms Quux AB123456C").append(["x"])
    content = io.BytesIO()
    book.save(content)
    programme.send("ledger/B1/2022-07.csv", content.getvalue())
    programme.night()
    assert "other_sheets" in {note.code for note in programme.summary().warnings}
    (note,) = [note for note in programme.summary().notes if note.code == "other_sheets"]
    assert "feedback names them" in note.message and "'" not in note.message, "a sheet may be named after somebody"
    nothing_of(programme, "AB123456C")


@pytest.mark.parametrize("text", ["UTF-8, UTF-16 or cp1252", "£12,785.75", "2022–07", "268,435,456 bytes", "H21060"])
def test_what_is_no_identifier_is_told_in_full(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("reason", "is_somebodys"),
    [
        ("erased for 010101-1237", True),
        ("patient 943 476 5919", True),
        ("a.b@nhs.scot asked for it", True),
        ("superseded by 1234567890ab", False),
        ("journal 1000012345 is there twice; the 2nd load of P9 2nd file", False),
    ],
)
def test_a_reason_may_name_batches_and_journals(reason: str, is_somebodys: bool) -> None:
    """Names of batches are hexadecimal: 1 in 40 has ten digits on end, or a postcode's shape."""
    assert holds_identifier(reason) is is_somebodys
