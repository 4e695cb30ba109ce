"""Live activity: per record the last transaction of the versions in force, whenever it arrived."""

import random
from collections.abc import Callable
from datetime import datetime
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vm_pipeline.calendar import months
from vm_pipeline_tests.programme import Cells, Programme, Row

Sent = dict[str, list[tuple[str, str, int]]]


def facts(programme: Programme, columns: str = "quantity::INTEGER, period") -> list[Row]:
    return programme.core().execute(f"SELECT {columns} FROM vm.fact_activity ORDER BY ALL").fetchall()


def record(quantity: int, kind: str = "R", record_id: str = "A", **more: str) -> Cells:
    return {"record_id": record_id, "transaction_type": kind, "quantity": f"{quantity}", **more}


class TestTheLastTransactionWins:
    def test_within_a_batch_the_later_row(self, programme: Programme) -> None:
        programme.activity(record(1, "I"), record(2), record(3, "I"))
        programme.night()
        assert facts(programme) == [(3, "2022-07")]

    def test_over_batches_the_later_period(self, programme: Programme) -> None:
        """Not the time it arrived at, and not the start of the record."""
        programme.activity(record(8), period="2022-08")
        programme.night()
        programme.activity(record(7), record(6), period="2022-07")
        programme.night()
        assert facts(programme) == [(8, "2022-07")]

    def test_an_unsound_transaction_is_none(self, programme: Programme) -> None:
        programme.activity(record(1), record(2, start_at="soon"), record(-3))
        programme.night()
        assert facts(programme) == [(1, "2022-07")]

    @pytest.mark.parametrize("kind", ["D", "d"])
    def test_a_deletion_removes_and_needs_only_its_key(self, programme: Programme, kind: str) -> None:
        bare = {"unit_code": "", "measure_code": "", "start_at": "", "outcome_code": ""}
        programme.activity(record(1, "I"), record(1, "I", "B"), period="2022-07")
        programme.activity({**bare, "record_id": "A", "transaction_type": kind}, period="2022-08")
        programme.night()
        assert facts(programme, "batch_id, row_number")[0][1] == 2

    def test_after_a_deletion_a_record_may_come_again(self, programme: Programme) -> None:
        programme.activity(record(1, "I"), record(0, "D"), record(3, "I"))
        programme.night()
        assert facts(programme) == [(3, "2022-07")]

    def test_records_of_two_boards_are_two(self, programme: Programme) -> None:
        programme.activity(record(1))
        programme.activity(record(2), provider="B2")
        programme.night()
        assert facts(programme, "provider_code, quantity::INTEGER") == [("B1", 1), ("B2", 2)]

    def test_a_month_beside_an_extract_of_many(self, programme: Programme) -> None:
        """Of two batches that end in the same month the shorter is the later one."""
        programme.activity(record(3), record(2, record_id="B", start_at="2022-05-02"), period="2022-04_2022-06")
        programme.activity(record(9, start_at="2022-06-02"), period="2022-06")
        programme.night()
        assert facts(programme) == [(2, "2022-05"), (9, "2022-06")]


class TestRestatement:
    def test_it_can_change_another_month(self, programme: Programme) -> None:
        """August deleted a record of July; August as sent again does not."""
        programme.activity(record(1, "I"), period="2022-07")
        programme.activity(record(0, "D"), period="2022-08")
        programme.night()
        assert facts(programme) == []
        before = programme.receipt().received_at
        programme.activity(record(5, "I", "B", start_at="2022-08-02"), period="2022-08")
        programme.night()
        assert facts(programme) == [(1, "2022-07"), (5, "2022-08")]
        assert programme.core(before).execute("SELECT count(*) FROM vm.fact_activity").fetchall() == [(0,)]

    def test_the_order_of_arrival_does_not_matter(self, new_programme: Callable[[str], Programme]) -> None:
        """Three months and a map, in every order, one or several a night: one fingerprint."""
        months = ["2022-06", "2022-07", "2022-08"]
        found = set()
        for number, order in enumerate(permutations(months)):
            programme = new_programme(str(number))
            for month in order:
                rest = record(1, "I", month, start_at=f"{month}-05")
                kind = {"2022-06": "I", "2022-07": "R", "2022-08": "D"}[month]
                programme.activity(record(int(month[-1]), kind), record(2, kind, "B"), rest, period=month)
                if number % 3:
                    programme.night()
                if number % 3 == 1:
                    programme.reference("unit_map", "B1,W1,T1,,")
            programme.reference("unit_map", "B1,W1,T1,,")
            programme.night()
            found.add(programme.fingerprint())
        assert len(found) == 1


SENT = st.dictionaries(
    st.sampled_from(["2022-06", "2022-07", "2022-08", "2022-06_2022-08"]),
    st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("IRRD"), st.integers(0, 9)), max_size=4),
    min_size=1,
)


def overruling(span: str) -> tuple[str, str]:
    """Of two batches the one that ends later is the later one; of two that end together the shorter."""
    first, _, last = span.partition("_")
    return last or first, first


@given(versions=st.lists(SENT, min_size=1, max_size=3), chooser=st.randoms(use_true_random=False))
@settings(max_examples=5)
def test_inserted_replaced_and_deleted_in_any_order_of_arrival(versions: list[Sent], chooser: random.Random) -> None:
    """Extracts of months and of all three, each sent again and again: the records that are live are those of the last
    versions in force, whatever came when.
    """
    with TemporaryDirectory() as root:
        programme = Programme(Path(root))
        owner: dict[str, tuple[str, list[tuple[str, str, int]]]] = {}
        last: dict[str, object] = {}
        for sent in versions:
            order = list(sent)
            chooser.shuffle(order)
            for span in order:
                start = {"start_at": f"{overruling(span)[1]}-05"}
                programme.activity(*(record(n, kind, key, **start) for key, kind, n in sent[span]), period=span)
                programme.night()
                (programme.drop / "activity" / "B1" / f"{span}.csv").unlink()
                held = any(one == (span, sent[span]) for one in owner.values())
                if last.get(span) != sent[span] and not held:
                    first, end = overruling(span)[1], overruling(span)[0]
                    owner |= dict.fromkeys(months(first, end), (span, sent[span]))
                last[span] = sent[span]
        in_force = {span: rows for span, rows in owner.values() if in_first_month(owner, span)}
        expected: dict[str, int] = {}
        for _, rows in sorted(in_force.items(), key=lambda item: overruling(item[0])):
            for key, kind, quantity in rows:
                expected.pop(key, None)
                expected |= {} if kind == "D" else {key: quantity}
        assert sorted(row[0] for row in facts(programme, "quantity::INTEGER")) == sorted(expected.values())
        programme.close()


def in_first_month(owner: dict[str, tuple[str, list[tuple[str, str, int]]]], span: str) -> bool:
    """Every row stands in the first month of its extract: it counts while that month is the extract's."""
    return owner.get(overruling(span)[1], ("", []))[0] == span


class TestUnits:
    def test_the_unit_s_team_on_the_day_it_began(self, programme: Programme) -> None:
        programme.reference("unit_map", "B1,W1,T1,2022-07-02,2022-07-10", "B1,W1,T2,2022-07-11,2022-07-20")
        starts = [
            "2022-07-01T23:59",
            "2022-07-02",
            "2022-07-10T23:59:59.999",
            "2022-07-11",
            "2022-07-20T23:59",
            "2022-07-21",
        ]
        programme.activity(*({"start_at": start, "end_at": "2022-07-30"} for start in starts))
        programme.night()
        teams = [row[1] for row in facts(programme, "start_at, team_code")]
        assert teams == ["UNALLOCATED", "T1", "T1", "T2", "T2", "UNALLOCATED"]

    def test_a_moment_in_utc_may_belong_to_the_next_day_and_month(self, programme: Programme) -> None:
        programme.reference("unit_map", "B1,W1,T1,,2022-07-31", "B1,W1,T2,2022-08-01,")
        programme.activity({"start_at": "2022-07-31T23:30Z"})
        programme.night()
        assert facts(programme, "team_code, period, start_at") == [("T2", "2022-08", datetime(2022, 8, 1, 0, 30))]

    def test_units_mapped_and_met(self, programme: Programme) -> None:
        programme.reference("unit_map", "B1,W1,T1,,2022-07-10", "B1,W1,T2,2022-07-11,", "B1,W2,T1,,")
        programme.activity({"unit_code": "w9"})
        programme.night()
        rows = programme.core().execute(
            "SELECT unit_code, team_code, valid_from::VARCHAR FROM vm.dim_unit ORDER BY ALL"
        )
        assert rows.fetchall() == [
            ("W1", "T1", "1900-01-01"),
            ("W1", "T2", "2022-07-11"),
            ("W2", "T1", "1900-01-01"),
            ("W9", "UNALLOCATED", "1900-01-01"),
        ]


def test_codes_and_quantities_as_published(programme: Programme) -> None:
    programme.activity({"measure_code": "BED_DAY", "outcome_code": "", "quantity": ""}, {"quantity": "37.125"})
    programme.night()
    assert facts(programme, "measure_code, outcome_code, quantity::VARCHAR") == [
        ("attendance", "attended", "37.125"),
        ("bed_day", None, "1.000"),
    ]
