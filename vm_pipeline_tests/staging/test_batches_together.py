"""Batches of one shape are judged together: each must come out as if it had come alone."""

from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vm_pipeline.staging.summary import Summary
from vm_pipeline_tests.programme import Programme, Row, activity, counts, ledger, survey

Files = dict[str, bytes]

PLAIN = ledger({"amount": "1.00"}, {"amount": "?"}, {"journal_id": "J1", "line_no": "1"}, {"period": "6"}).encode()
HEADER = PLAIN.splitlines(keepends=True)[0]
LEDGERS: Files = {
    "plain": PLAIN,
    "the same bytes": PLAIN,
    "windows": PLAIN.replace(b"\n", b"\r\n"),
    "old mac": PLAIN.replace(b"\n", b"\r"),
    "a mark": b"\xef\xbb\xbf" + PLAIN,
    "no end": PLAIN.removesuffix(b"\n"),
    "header alone": HEADER,
    "header alone, no end": HEADER.strip(),
    "header alone, again": HEADER,
    "blank lines": PLAIN.replace(b"\n", b"\n\n") + b"\n\n",
    "blank first": b"\n" + PLAIN,
    "cp1252": PLAIN.replace(b"Bread", b"Caf\xe9"),
    "utf-8": PLAIN.replace(b"Bread", "Café".encode()),
    "quoted lines": PLAIN.replace(b"Bread", b'"two\nlines, ""quoted"""'),
    "quoted windows": PLAIN.replace(b"Bread", b'"two\r\nlines"').replace(b"10.00", b"7.00"),
    "odd blanks": PLAIN.replace(b"R1", "\u00a0R1".encode()),
    "tabs": PLAIN.replace(b",", b"\t"),
    "cut": PLAIN[:-20],
    "ragged": PLAIN + b"one,two\n",
    "open quote": PLAIN + b'"',
    "empty": b"",
    "another header": PLAIN.replace(b"narrative", b"Narrative"),
    "one row": b"".join(PLAIN.splitlines(keepends=True)[:2]),
}


@dataclass(frozen=True)
class Outcome:
    """All there is of a staged batch."""

    summary: Summary
    accepted: list[Row]
    rejected: list[Row]


def outcome(programme: Programme, slot: str) -> Outcome:
    receipt = programme.receipt(slot)
    tables = [programme.staging.accepted(receipt), programme.staging.rejected(receipt)]
    rows = [duckdb.read_parquet(str(path)).fetchall() if path.is_file() else [] for path in tables]
    return Outcome(programme.staging.summary(receipt), *rows)


def alone_and_together(
    new_programme: Callable[[str], Programme], files: Files
) -> tuple[dict[str, Outcome], dict[str, Outcome]]:
    """What comes of the files one a night, and all in one."""
    found = []
    for name in ("alone", "together"):
        programme = new_programme(name)
        for path, content in files.items():
            programme.send(path, content)
            if name == "alone":
                programme.night()
        programme.night()
        found.append({path: outcome(programme, path.removesuffix(".csv")) for path in files if "control" not in path})
    return found[0], found[1]


def named(files: dict[str, bytes], feed: str = "ledger") -> Files:
    """A month each."""
    months = (f"{2010 + n // 12}-{n % 12 + 1:02}" for n in range(len(files)))
    return {f"{feed}/B1/{month}.csv": content for month, content in zip(months, files.values(), strict=True)}


def test_whatever_lies_beside_it(new_programme: Callable[[str], Programme]) -> None:
    """Line ends, marks, encodings, equal bytes, headers alone; and files that are broken."""
    alone, together = alone_and_together(new_programme, named(LEDGERS))
    labels = dict(zip(alone, LEDGERS, strict=True))
    assert {labels[path] for path in alone if alone[path] != together[path]} == set()


@pytest.mark.parametrize("first", ["plain", "windows", "old mac", "a mark", "header alone", "no end", "blank lines"])
def test_whichever_comes_first(new_programme: Callable[[str], Programme], first: str) -> None:
    """The first file of a group must not decide how the others are read."""
    sound = ["plain", "windows", "old mac", "a mark", "header alone", "no end", "blank lines", "one row"]
    files = {name: LEDGERS[name] for name in [first, *(name for name in sound if name != first)]}
    alone, together = alone_and_together(new_programme, named(files))
    labels = dict(zip(alone, files, strict=True))
    assert {labels[path] for path in alone if alone[path] != together[path]} == set()


@pytest.mark.parametrize("end", [b"B1,2022/23", b"one,two\n", b'"', b'B1,2022/23,4,"R1', b'B1,"R1\n' + PLAIN])
@pytest.mark.parametrize("place", [0, 2, 4])
def test_a_broken_file_is_refused_and_its_neighbours_are_not(programme: Programme, end: bytes, place: int) -> None:
    """Cut, ragged, a quote left open: however many files lie beside it, none of its rows is quietly left out."""
    sound = PLAIN.replace(b"R1", b" R1\t")
    files = named({str(n): sound + end if n == place else sound for n in range(5)})
    for path, content in files.items():
        programme.send(path, content)
    programme.night()
    found = [programme.summary(path.removesuffix(".csv")) for path in files]
    assert [one.refused_code for one in found] == ["broken_rows" if n == place else "" for n in range(5)]
    assert [one.rows_received for one in found] == [0 if n == place else 4 for n in range(5)]


def test_equal_bytes_of_two_boards_and_months(programme: Programme) -> None:
    """Two batches: the rows of one of them name another board."""
    for path in ("B1/2022-07", "B1/2022-08", "B2/2022-07"):
        programme.send(f"ledger/{path}.csv", ledger({}, {}))
    programme.night()
    assert programme.rejected("ledger/B1/2022-07") == programme.rejected("ledger/B1/2022-08") == []
    assert programme.rejected("ledger/B2/2022-07") == [(1, "wrong_provider"), (2, "wrong_provider")]
    con = programme.core()
    assert con.execute("SELECT count(*), sum(amount_gbp) FROM vm.fact_cost").fetchall() == [(4, 40)]


def test_each_has_its_own_keys_months_and_controls(new_programme: Callable[[str], Programme]) -> None:
    head = "provider_code,financial_year,period,row_count,total_amount\n"
    files = {
        "ledger/B1/2022-07.csv": ledger({"journal_id": "J", "line_no": "1"}, {"journal_id": "J", "line_no": "1"}),
        "ledger/B1/2022-07.control.csv": head + "B1,2022/23,4,2,20\n",
        "ledger/B1/2022-08.csv": ledger({"journal_id": "J", "line_no": "1"}, {"period": "5"}),
        "ledger/B1/2022-08.control.csv": head + "B1,2022/23,4,2,20\n",
        "ledger/B1/2022-04_2022-06.csv": ledger({"period": "1"}, {"period": "2"}, {"period": "9"}),
        "ledger/B2/2022-07.csv": ledger({"provider_code": "B2", "journal_id": "J", "line_no": "1"}, {}),
        "activity/B1/2022-07.csv": activity({}, {"start_at": "2022-08-01"}),
        "activity/B1/2022-08.csv": activity({}, {"quantity": "?"}),
        "activity/B1/2022-08.control.csv": "row_count\n3\n",
        "survey/B1/2022-07.csv": survey({"respondent_ref": "R1"}, {"respondent_ref": "R1"}),
        "survey/B1/2022-08.csv": survey({"respondent_ref": "R1", "Q1": "?"}),
        "survey/B1/2022-09.csv": survey({"Q2": "Yes"}),
        "survey/B2/2022-07.csv": counts({"provider_code": "B2"}, {"provider_code": "B2"}),
        "survey/B2/2022-08.csv": counts({"provider_code": "B2", "answered": "x"}),
    }
    alone, together = alone_and_together(new_programme, {path: text.encode() for path, text in files.items()})
    assert alone == together
    refused = [path for path, found in alone.items() if found.summary.refused]
    assert refused == ["ledger/B1/2022-08.csv", "activity/B1/2022-08.csv"]


LINES = [{}, {"amount": "?"}, {"journal_id": "J9", "line_no": "9"}, {"narrative": "a\nb"}]
ROWS = st.lists(st.sampled_from(LINES), max_size=5)
WRITTEN = st.tuples(ROWS, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["utf-8", "utf-8-sig"]), st.booleans())


@given(extracts=st.lists(WRITTEN, min_size=2, max_size=6))
@settings(max_examples=15, suppress_health_check=[*HealthCheck])
def test_any_extracts(
    tmp_path_factory: pytest.TempPathFactory, extracts: list[tuple[list[dict[str, str]], str, str, bool]]
) -> None:
    def content(rows: list[dict[str, str]], ends: str, encoding: str, whole: bool) -> bytes:
        text = ledger(*rows).replace("\n", ends)
        return (text if whole else text.removesuffix(ends)).encode(encoding)

    files = named({str(n): content(*one) for n, one in enumerate(extracts)})
    folder = tmp_path_factory.mktemp("any")
    alone, together = alone_and_together(lambda name: Programme(folder / name), files)
    assert alone == together
    received = [found.summary.rows_received for found in together.values()]
    assert received == [len(rows) for rows, *_ in extracts]
