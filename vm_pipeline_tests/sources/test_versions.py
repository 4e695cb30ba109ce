"""Which version of a month is in force: cases of feeds.md, and random histories against a naive reckoning."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from io import BytesIO
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vm_pipeline.calendar import months
from vm_pipeline.sources.decisions import Decision, Kind
from vm_pipeline.sources.extract import Extract
from vm_pipeline.sources.landing import Landing
from vm_pipeline.sources.receipts import Receipt, Slot, Version, known_at, versions, waiting
from vm_pipeline_tests.programme import FIRST_NIGHT, Programme

Sent = tuple[Slot, str]


def slot(span: str, feed: str = "ledger", provider: str = "B1") -> Slot:
    first, _, last = span.partition("_")
    return Slot(feed, provider, first, last or first)


def receipts(*sent: Sent) -> list[Receipt]:
    """One receipt a minute; the content's name stands for its hash."""
    return [
        Receipt(where, content, "", "", (FIRST_NIGHT + timedelta(minutes=n)).isoformat(timespec="microseconds"), "", 0)
        for n, (where, content) in enumerate(sent)
    ]


def content_ids(*sent: Sent) -> set[str]:
    return {receipt.content_id for receipt in receipts(*sent)}


def in_force(found: list[Version]) -> dict[tuple[str, str, str], str]:
    """(feed, provider, month) and the content that counts."""
    pairs = [
        ((v.receipt.slot.feed, v.receipt.slot.provider_code, month), v.receipt.sha256)
        for v in found
        for month in v.months_in_force
    ]
    assert len(dict(pairs)) == len(pairs), "two versions of one month in force"
    return dict(pairs)


def held(*sent: Sent, refused: set[str] = frozenset()) -> dict[str, str]:  # type: ignore[assignment]
    """Month and content in force, for one provider's ledger."""
    return {month: content for (_, _, month), content in in_force(versions(receipts(*sent), refused)).items()}


JULY = slot("2022-07")


class TestOneMonth:
    def test_the_last_one_counts(self) -> None:
        assert held((JULY, "a"), (JULY, "b")) == {"2022-07": "b"}

    def test_an_older_content_that_comes_back_is_a_new_version(self) -> None:
        found = versions(receipts((JULY, "a"), (JULY, "b"), (JULY, "a"), (JULY, "b"), (JULY, "a")))
        a, b = found[0].receipt.content_id, found[1].receipt.content_id
        assert [version.batch_id for version in found] == [a, b, f"{a}-2", f"{b}-2", f"{a}-3"]
        assert [version.in_force for version in found] == [False] * 4 + [True]

    def test_a_superseded_version_says_since_when(self) -> None:
        sent = receipts((JULY, "a"), (JULY, "b"))
        found = versions(sent)
        assert [version.superseded_at for version in found] == [sent[1].received_at, ""]

    def test_a_refused_one_leaves_the_last_good_in_force(self) -> None:
        refused = content_ids((JULY, "b"), (JULY, "c"))
        sent = [(JULY, "a"), (JULY, "b"), (JULY, "c")]
        assert held(*sent, refused=refused) == {"2022-07": "a"}
        assert [version.refused for version in versions(receipts(*sent), refused)] == [False, True, True]
        assert held(*sent, (JULY, "d"), refused=refused) == {"2022-07": "d"}

    def test_without_a_good_one_nothing_is_in_force(self) -> None:
        assert held((JULY, "a"), refused=content_ids((JULY, "a"))) == {}

    def test_what_is_in_force_already_adds_nothing_after_a_refused_one(self) -> None:
        """The sender puts the good file back: it never went out of force."""
        sent = [(JULY, "a"), (JULY, "b"), (JULY, "a")]
        found = versions(receipts(*sent), content_ids((JULY, "b")))
        assert [version.receipt.sha256 for version in found] == ["a", "b"]
        assert found[0].in_force
        assert found[0].superseded_at == ""


class TestManyMonths:
    QUARTER = slot("2022-04_2022-06")
    MAY = slot("2022-05")

    def test_an_extract_replaces_each_of_its_months(self) -> None:
        assert held((self.MAY, "may"), (JULY, "july"), (self.QUARTER, "quarter")) == {
            "2022-04": "quarter",
            "2022-05": "quarter",
            "2022-06": "quarter",
            "2022-07": "july",
        }

    def test_a_later_single_month_takes_its_one_back(self) -> None:
        sent = [(self.QUARTER, "quarter"), (self.MAY, "may")]
        assert held(*sent) == {"2022-04": "quarter", "2022-05": "may", "2022-06": "quarter"}
        quarter, _ = versions(receipts(*sent))
        assert quarter.in_force
        assert quarter.superseded_at == ""

    def test_it_is_superseded_when_its_last_month_is(self) -> None:
        sent = receipts(
            (self.QUARTER, "quarter"), *((slot(month), month) for month in ("2022-06", "2022-04", "2022-05"))
        )
        quarter = versions(sent)[0]
        assert (quarter.in_force, quarter.superseded_at) == (False, sent[3].received_at)

    def test_overlapping_extracts(self) -> None:
        assert held((self.QUARTER, "one"), (slot("2022-05_2022-08"), "two")) == {
            "2022-04": "one",
            "2022-05": "two",
            "2022-06": "two",
            "2022-07": "two",
            "2022-08": "two",
        }


def test_feeds_and_providers_do_not_touch_each_other() -> None:
    others = [slot("2022-07", feed, provider) for feed in ("ledger", "survey") for provider in ("B1", "B2")]
    found = in_force(versions(receipts(*((one, f"{i}") for i, one in enumerate(others)))))
    assert sorted(found.values()) == ["0", "1", "2", "3"]


SLOTS = [
    slot(span, feed)
    for feed in ("ledger", "activity")
    for span in ("2022-04", "2022-05", "2022-06", "2022-04_2022-06", "2022-05_2022-06")
]
HISTORIES = st.lists(st.tuples(st.sampled_from(SLOTS), st.sampled_from("abc")), max_size=24)
REFUSED = st.sets(st.tuples(st.sampled_from(SLOTS), st.sampled_from("abc")), max_size=6)


def reckoned(history: list[Sent], refused: set[Sent]) -> dict[tuple[str, str, str], str]:
    """Who holds a month: the last that covers it, unless it was refused or came again for nothing."""
    holder: dict[tuple[str, str], Sent] = {}
    for n, (where, content) in enumerate(history):
        sent_last = [c for s, c in history[:n] if s == where][-1:]
        if (where, content) not in refused and content not in sent_last and (where, content) not in holder.values():
            for month in months(where.first_period, where.last_period):
                holder[where.feed, month] = (where, content)
    return {(feed, "B1", month): content for (feed, month), (_, content) in holder.items()}


@given(history=HISTORIES, refused=REFUSED, at=st.integers(0, 24))
def test_any_history(history: list[Sent], refused: set[Sent], at: int) -> None:
    """At any time T the receipts up to T decide, whatever comes later."""
    log, bad = receipts(*history), content_ids(*refused)
    found = versions(log, bad)
    assert in_force(found) == reckoned(history, refused)
    assert len({version.batch_id for version in found}) == len(found)
    assert {version.receipt.sha256 for version in found if version.in_force} <= {content for _, content in history}
    assert all(bool(v.superseded_at) != v.in_force for v in found if not v.refused)
    if at < len(log):
        until = log[at].received_at
        assert in_force(versions(known_at(log, until), bad)) == reckoned(history[: at + 1], refused)


Step = Sent | tuple[str, int]  # what was sent; or a decision about the nth version there was
DECIDED = st.tuples(st.sampled_from(["withdrawn", "withdrawn", "reinstated", "purged"]), st.integers(0, 9))
LOGS = st.lists(st.one_of(st.tuples(st.sampled_from(SLOTS), st.sampled_from("abc")), DECIDED), max_size=24)


def logged(steps: list[Step], refused: set[str]) -> tuple[list[Receipt], list[Decision]]:
    """Receipts and decisions, a minute apart."""
    sent: list[Receipt] = []
    decided: list[Decision] = []
    for n, (what, which) in enumerate(steps):
        moment = (FIRST_NIGHT + timedelta(minutes=n)).isoformat(timespec="microseconds")
        if isinstance(what, Slot):
            sent.append(Receipt(what, str(which), "", "", moment, "", 0))
        elif found := versions(sent, refused, decided):
            decided.append(Decision(Kind(what), found[int(which) % len(found)].batch_id, "", moment))
    return sent, decided


def reckoned_with_decisions(
    sent: list[Receipt], decided: list[Decision], refused: set[str]
) -> dict[tuple[str, str, str], str]:
    """By walking the log and asking, after every step, who holds each month: slow, and hard to get wrong."""
    known: list[tuple[str, Receipt]] = []
    out: dict[str, Kind] = {}

    def held() -> dict[tuple[str, str, str], tuple[str, str]]:
        found = {}
        for batch_id, one in known:
            if one.content_id not in refused and batch_id not in out:
                for month in months(one.slot.first_period, one.slot.last_period):
                    found[one.slot.feed, one.slot.provider_code, month] = (batch_id, one.sha256)
        return found

    for step in sorted([*sent, *decided], key=lambda one: one.received_at):
        if isinstance(step, Decision):
            if out.get(step.batch_id) is not Kind.PURGED:
                out.pop(step.batch_id, None)
                out |= {} if step.kind is Kind.REINSTATED else {step.batch_id: step.kind}
            continue
        before = [one for one in sent if one.slot == step.slot and one.received_at < step.received_at]
        same = [batch_id for batch_id, one in known if one.content_id == step.content_id]
        last = f"{step.content_id}-{len(same)}" if len(same) > 1 else step.content_id
        if (before and before[-1].content_id == step.content_id) or last in {one for one, _ in held().values()}:
            continue
        known.append((f"{step.content_id}-{len(same) + 1}" if same else step.content_id, step))
    return {cell: sha256 for cell, (_, sha256) in held().items()}


@given(steps=LOGS, refused=REFUSED, at=st.integers(0, 24))
def test_any_history_with_decisions(steps: list[Step], refused: set[Sent], at: int) -> None:
    """Withdrawn, reinstated and purged: as of any time it is the history cut at that time, and nothing later."""
    bad = content_ids(*refused)
    sent, decided = logged(steps, bad)
    moment = (FIRST_NIGHT + timedelta(minutes=at)).isoformat(timespec="microseconds")
    found = versions(known_at(sent, moment), bad, known_at(decided, moment))
    cut = logged(steps[: at + 1], bad)
    assert found == versions(cut[0], bad, cut[1])
    assert in_force(found) == reckoned_with_decisions(*cut, bad)
    assert all(not version.in_force for version in found if version.decision or version.refused)
    assert all(v.in_force or v.refused or v.decision or v.superseded_at for v in found)


class TestDecisions:
    """What a person sees."""

    A, B = receipts((JULY, "a"), (JULY, "b"))

    def held(self, *kinds: tuple[str, Receipt]) -> dict[str, str]:
        later = [FIRST_NIGHT + timedelta(hours=n + 1) for n in range(len(kinds))]
        decided = [
            Decision(Kind(kind), one.content_id, "", moment.isoformat(timespec="microseconds"))
            for (kind, one), moment in zip(kinds, later, strict=True)
        ]
        return {cell[-1]: content for cell, content in in_force(versions([self.A, self.B], (), decided)).items()}

    def test_the_version_before_comes_back(self) -> None:
        assert self.held(("withdrawn", self.B)) == {"2022-07": "a"}

    def test_a_withdrawal_can_be_taken_back(self) -> None:
        assert self.held(("withdrawn", self.B), ("reinstated", self.B)) == {"2022-07": "b"}

    def test_an_older_one_withdrawn_does_not_come_back_later(self) -> None:
        assert self.held(("withdrawn", self.A)) == {"2022-07": "b"}
        assert self.held(("withdrawn", self.A), ("withdrawn", self.B)) == {}

    def test_what_is_purged_stays_purged(self) -> None:
        assert self.held(("purged", self.B), ("reinstated", self.B)) == {"2022-07": "a"}

    def test_what_was_superseded_and_is_erased_says_since_when(self) -> None:
        """Not what a person took out of force first."""
        moments = [(FIRST_NIGHT + timedelta(hours=n)).isoformat(timespec="microseconds") for n in (1, 2)]
        for kinds, said in ((["purged"], self.B.received_at), (["withdrawn", "purged"], "")):
            decided = [
                Decision(Kind(kind), self.A.content_id, "", at) for kind, at in zip(kinds, moments, strict=False)
            ]
            assert versions([self.A, self.B], (), decided)[0].superseded_at == said

    def test_content_that_is_sent_again_after_another_is_a_new_version(self) -> None:
        moment = (FIRST_NIGHT + timedelta(seconds=90)).isoformat(timespec="microseconds")
        sent = receipts((JULY, "a"), (JULY, "b"), (JULY, "a"), (JULY, "b"))
        found = versions(sent, (), [Decision(Kind.WITHDRAWN, sent[1].content_id, "", moment)])
        assert [(one.batch_id.partition("-")[2], one.in_force) for one in found] == [
            ("", False),
            ("", False),
            ("2", True),
        ]


@given(history=HISTORIES, refused=REFUSED, chooser=st.randoms(use_true_random=False))
def test_only_the_order_within_a_slot_matters(history: list[Sent], refused: set[Sent], chooser: object) -> None:
    """Interleaving different (feed, provider, period) otherwise changes nothing, where their months do not overlap."""
    single = [(where, content) for where, content in history if where.first_period == where.last_period]
    queues = {where: [c for s, c in single if s == where] for where, _ in single}
    order = [where for where, _ in single]
    chooser.shuffle(order)  # type: ignore[attr-defined]
    shuffled = [(where, queues[where].pop(0)) for where in order]
    bad = content_ids(*refused)
    one, other = (versions(receipts(*sent), bad) for sent in (single, shuffled))
    assert in_force(one) == in_force(other)
    assert {v.batch_id for v in one} == {v.batch_id for v in other}


@given(
    nights=st.lists(st.dictionaries(st.sampled_from(SLOTS), st.sampled_from("abc"), max_size=4), max_size=6),
    jumps=st.lists(st.integers(-48, 48), min_size=6, max_size=6),
)
@settings(max_examples=25)
def test_any_history_through_landing(
    tmp_path_factory: pytest.TempPathFactory, nights: list[dict[Slot, str]], jumps: list[int]
) -> None:
    """Whatever the clock says, landings come one after the other, and what lies there already adds nothing."""
    landing, history = Landing(tmp_path_factory.mktemp("landing")), []
    for sent, jump in zip(nights, jumps, strict=False):
        extracts = [Extract(where, "", partial(BytesIO, content.encode())) for where, content in sent.items()]
        landing.receive(extracts, FIRST_NIGHT + timedelta(hours=jump))
        landing.receive(extracts, FIRST_NIGHT)
        history += list(sent.items())
    log = list(landing.receipts())
    assert [receipt.received_at for receipt in log] == sorted(receipt.received_at for receipt in log)
    letters = {hashlib.sha256(letter.encode()).hexdigest(): letter for letter in "abc"}
    found = {cell: letters[sha256] for cell, sha256 in in_force(versions(log)).items()}
    assert found == reckoned(history, set())


class TestNights:
    """The same, through files and nights."""

    def test_grouping_into_nights_does_not_matter(self, new_programme: Callable[[str], Programme]) -> None:
        sent = [("ledger", "2022-07"), ("ledger", "2022-08"), ("activity", "2022-07")]
        seen = []
        for number, order in enumerate(permutations(sent)):
            programme = new_programme(str(number))
            for feed, period in order:
                getattr(programme, feed)({}, period=period)
                if number % 2:
                    programme.night()
            programme.night()
            seen.append(programme.in_force())
        assert all(one == seen[0] for one in seen)
        assert len(seen[0]) == 3

    def test_a_refused_file_leaves_the_last_good_one_in_force(self, programme: Programme) -> None:
        programme.ledger({"amount": "1.00"})
        programme.night()
        good = programme.in_force()
        programme.send("ledger/B1/2022-07.csv", "")
        programme.night()
        assert programme.in_force() == good
        programme.ledger({"amount": "1.00"})
        programme.night()
        assert programme.in_force() == good
        programme.ledger({"amount": "2.00"})
        programme.night()
        assert programme.in_force() != good

    def test_as_of_a_night_before(self, programme: Programme) -> None:
        seen = []
        for amount in ("1.00", "2.00", "1.00"):
            programme.ledger({"amount": amount})
            programme.night()
            seen.append((programme.receipt().received_at, programme.in_force()))
        assert [programme.in_force(as_of) for as_of, _ in seen] == [then for _, then in seen]
        assert len({str(then) for _, then in seen}) == 3

    @pytest.mark.parametrize("together", [True, False])
    def test_a_year_and_one_of_its_months(self, programme: Programme, together: bool) -> None:
        """In one night, or the month a night later: the month's own file is the more exact answer."""
        programme.ledger({}, period="2022-04_2023-03")
        if not together:
            programme.night()
        programme.ledger({}, period="2022-07")
        programme.night()
        held = programme.in_force()
        assert len(held) == 12
        assert len({batch for (_, month), batch in held.items() if month != "2022-07"}) == 1
        assert held["ledger/B1", "2022-07"] == programme.receipt("ledger/B1/2022-07").content_id


@pytest.mark.parametrize(
    ("sent", "left"),
    [
        ("good bad", ["bad"]),
        ("good bad good", []),
        ("good bad other", []),
        ("good bad good bad", ["bad"]),
        ("bad", ["bad"]),
    ],
)
def test_what_was_refused_waits_until_something_sound_comes(sent: str, left: list[str]) -> None:
    """Also where that is what is in force already, taken back by whoever sent it."""
    log = receipts(*((JULY, content) for content in sent.split()))
    found = versions(log, content_ids((JULY, "bad")))
    assert [one.receipt.sha256 for one in waiting(found)] == left


def test_what_waits_is_found_in_two_looks_however_long_the_history() -> None:
    """A sender that is refused every night for years has a thousand of them, among ten thousand versions."""

    class Counted(list[Version]):
        looked_at = 0

        def __iter__(self) -> Iterator[Version]:
            for one in super().__iter__():
                self.looked_at += 1
                yield one

        def __getitem__(self, key: Any) -> Any:
            self.looked_at += len(self) if isinstance(key, slice) else 1
            return super().__getitem__(key)

    sent = [(slot("2022-07", provider=f"B{n % 7}"), f"x{n}") for n in range(100)]
    bad = content_ids(*(one for one in sent if one[0].provider_code == "B3"))
    found = Counted(versions(receipts(*sent), bad))
    assert len(waiting(found)) == len(bad) > 10
    assert found.looked_at <= 2 * len(sent)
