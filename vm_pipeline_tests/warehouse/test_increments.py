"""Nights that cost what changed: built upon one another they give what one full night gives, whatever happened."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vm_pipeline.feeds import FEEDS
from vm_pipeline.quality.core import check_reconciliation
from vm_pipeline.sources.decisions import Decision, Kind
from vm_pipeline.warehouse.build import build_core, build_marts, build_signals, judge
from vm_pipeline.warehouse.drafts import core_of
from vm_pipeline.warehouse.fingerprint import fingerprint
from vm_pipeline.warehouse.parts import BATCH, LOOKED_AT, PARTED_BY, PROVIDER, TEAM, VIEWS, known_as
from vm_pipeline.warehouse.statements import LAYERS, statements
from vm_pipeline.warehouse.workspace import Built, open_workspace
from vm_pipeline_tests.programme import Programme
from vm_pipeline_tests.warehouse.test_year_to_date import send, sent_year_to_date
from vm_pipeline_tests.warehouse.world import World, put

MONTHS = ("2022-04", "2022-05", "2022-06", "2022-05_2022-06")
PERIODS = {"2022-04": "1", "2022-05": "2", "2022-06": "3", "2022-05_2022-06": "3"}


def _case(team: str, teams: str, account: str = "A1", board: str = "B1") -> str:
    """A saving of what is bought, driven by days in bed."""
    windows = "2022-04-01,2022-04-30,2022-05-01,2022-05-31"
    head = f"{board},MILK,Milk,window,{team},{windows},,{account},days,item_issued,MILK,,bed_day,{teams}"
    return f"{head},fall:harm,bed_day,,true"


# What each reference file may say: more, less, something else, something that contradicts itself.
MAPS = {
    "cost_centre_map": [
        ["B1,R1,T1,0.5,,", "B1,R1,T2,0.5,,", "B2,R1,T1,1,,"],
        ["B1,R1,T2,1,,2022-05-10", "B1,R1,T1,1,2022-05-11,", "B2,R1,T1,1,,"],
        ["B1,R1,T1,0.9,,", "B1,R1,T2,0.9,,", "B2,R1,T3,0.333,,", "B2,R2,T3,1,,"],
        ["B3,R1,T1,1,,"],
    ],
    "unit_map": [["B1,W1,T1,,", "B2,W1,T1,,"], ["B1,W1,T2,2022-05-01,", "B2,W2,T1,,"]],
    "account_map": [["A1,Bread,food,true,"], ["A1,Bread,other,false,", "A2,Nurses,pay_substantive,true,"]],
    "survey_team_map": [["B1,PULSE,Team One,T1"], ["B1,PULSE,Team One,T2", "B2,PULSE,Team One,T1"]],
    "survey_questions": [["PULSE,Q1,I am heard,agree5,Strongly agree|Agree"], ["PULSE,Q1,I am heard,agree5,"]],
    "teams": [["B1,T1,One,Medicine,ward,,", "B1,T2,Two,Medicine,ward,,"], ["B1,T1,One,Surgery,ward,,2022-05-15"]],
    "targets": [["B1,T1,F01,2022-04,2022-05,120.50,90,,"], ["B1,T2,F01,,,2,1,,", "B1,T1,F01,,,3,1,2022-05-01,"]],
    "pauses": [["B1,T1,2022-05,2022-05,Moved"], ["B1,,2022-05,2022-05,Winter", "B2,,2022-05,2022-06,Winter"]],
    "rebases": [["B1,T1,F01,2022-05,,,"], ["B1,T2,F01,2022-05,,,", "B1,T2,F01,2022-06,,,"]],
    "prices": [["B1,MILK,0.55,,"], ["B1,MILK,0.55,,2022-05-10", "B1,MILK,0.60,2022-05-11,"]],
    "providers": [["B1,Board one"], ["B1,Board 1", "B2,Board 2"]],
    "survey_issued": [["B1,PULSE,2022-05-15,Team One,9"], ["B1,PULSE,2022-06-15,Team One,9"]],
    "saving_cases": [[_case("T1", "T1|T2")], [_case("T2", "", account="A2"), _case("T1", "T1", board="B2")]],
    "role_log": [
        ["B1,T1,huddle,2022-05-03,2022-05-03,clinical,,,"],
        ["B1,T1,post,2022-04-01,,improvement,,6,C1", "B1,T2,post,2022-06-01,,improvement,,7,C1"],
    ],
    "coach_survey": [["B1,C1,before,2022-05-01,CONFIDENCE,4", "B1,C1,after,2022-06-01,CONFIDENCE,7"]],
    "budget": [
        ["B1,R1,A1,2022/23,2,100,"],
        ["B1,R1,A1,2022/23,1,100,1", "B1,R2,A1,2022/23,2,50,"],
        ["B1,R1,A1,2022/23,2,9,"] * 2,
    ],
}

boards, periods = st.sampled_from(["B1", "B2"]), st.sampled_from(MONTHS)
days = st.integers(1, 28).map(lambda day: f"{day:02}")
lines = st.lists(
    st.tuples(st.sampled_from(["R1", "R2"]), st.sampled_from(["A1", "A2"]), days, st.integers(-999, 999)), max_size=4
)
did = st.sampled_from(
    [
        "inpatient_stay:",
        "bed_day:",
        "item_issued:",
        "fall:harm",
        "referral:accepted",
        "referral:returned",
        "worked_hours:",
    ]
)
records = st.lists(
    st.tuples(st.sampled_from("123"), st.sampled_from("IRD"), st.sampled_from(["W1", "W2"]), days, did), max_size=4
)
answers = st.lists(st.sampled_from(["Agree", "Disagree", "Strongly agree", "N/A"]), max_size=3)
sent = st.one_of(
    st.tuples(st.just("ledger"), boards, periods, lines),
    st.tuples(st.just("activity"), boards, periods, records),
    st.tuples(st.just("survey"), boards, periods, answers),
    st.tuples(st.just("balances"), st.just("B1"), st.sampled_from(MONTHS[:3]), st.integers(0, 999)),
    st.sampled_from([(name, rows) for name, versions in MAPS.items() for rows in versions]),
)
# Which version of all there are is decided about once the night's extracts are staged.
decided = st.tuples(st.sampled_from([Kind.WITHDRAWN, Kind.WITHDRAWN, Kind.REINSTATED]), st.integers(0, 20))
nations = st.sampled_from(["SCT", "SCT", "ENG"])  # 18 April 2022 is a holiday in England
nights = st.tuples(st.lists(sent, min_size=1, max_size=4), st.lists(decided, max_size=2), nations)
histories = st.lists(nights, min_size=2, max_size=3)
begun = st.sets(st.sampled_from(sorted(MAPS)))  # reference files that are there before the first night


def arrives(programme: Programme, name: str, *what: object) -> None:
    """One thing of a history is put into the drop folder."""
    if name in MAPS:
        programme.reference(name, *what[0])  # type: ignore[misc]
        return
    board, period, rows = what
    month = str(period)[:7]
    where = {"period": str(period), "provider": str(board)}
    if name == "balances":
        send(programme, month, {(month, "R1"): int(str(rows))})
    elif name == "ledger":
        programme.ledger(*(_line(period, month, *row) for row in rows), **where)  # type: ignore[attr-defined]
    elif name == "activity":
        programme.activity(*(_record(month, *row) for row in rows), **where)  # type: ignore[attr-defined]
    else:
        programme.survey(*({"wave_date": f"{month}-15", "Q1": answer} for answer in [*rows, "Agree"]), **where)  # type: ignore[misc]


def decide(programme: Programme, kind: Kind, number: int) -> None:
    """Take a version out of force, or back in, in the middle of the day."""
    versions = programme.known().versions
    taken = Decision(kind, versions[number % len(versions)].batch_id, "why")
    programme.landing.decide([taken], programme.clock - timedelta(hours=12))


def _line(period: object, month: str, centre: str, account: str, day: str, pence: int) -> dict[str, str]:
    amount = f"{pence / 100:.2f}"
    of = {"financial_year": "2022/23", "period": PERIODS[str(period)]}
    return of | {
        "cost_centre_code": centre,
        "account_code": account,
        "posting_date": f"{month}-{day}",
        "amount": amount,
    }


def _record(month: str, number: str, kind: str, unit: str, day: str, did: str) -> dict[str, str]:
    measure, _, outcome = did.partition(":")
    what = {"measure_code": measure, "outcome_code": outcome}
    span = {"start_at": f"{month}-{day}T10:00", "end_at": f"{month}-{day}T18:00"}
    who = {"record_id": number, "transaction_type": kind, "unit_code": unit, "patient_ref": f"P{number}"}
    return who | what | span


@contextmanager
def built(
    programme: Programme, draft: Path, before: Path | None = None, as_of: str = "", nation: str = "SCT"
) -> Iterator[tuple[duckdb.DuckDBPyConnection, list[Built]]]:
    """A warehouse, upon another that is closed."""
    if before:
        shutil.copy(before, draft)
        shutil.copy(core_of(before), core_of(draft))
    with open_workspace(draft, threads=1) as con:
        known = programme.known(as_of)
        made, _ = build_core(con, known, programme.staging, nation)
        made += build_marts(con)
        judge(con)
        yield con, made + build_signals(con, draft.parent / "as-published", programme.landings(con, as_of))


def again(made: list[Built]) -> set[str]:
    """Tables of which anything was made."""
    return {one.statement.target for one in made if one.only != ("", ())}


@settings(max_examples=settings().max_examples // 10)  # an example is some four warehouses
@given(begun, histories)
def test_night_upon_night_is_what_one_full_night_is(
    maps: set[str], history: list[tuple[list[tuple[object, ...]], list[tuple[Kind, int]], str]]
) -> None:
    with TemporaryDirectory() as folder:
        root, before, found = Path(folder), None, []
        for programme in sent_year_to_date(root):
            for name in maps:
                programme.reference(name, *MAPS[name][0])
            for number, (arriving, decisions, nation) in enumerate(history):
                for one in arriving:
                    arrives(programme, str(one[0]), *one[1:])
                programme.night()
                for kind, which in decisions:
                    decide(programme, kind, which)
                draft = root / f"{number}.duckdb"
                with built(programme, draft, before, nation=nation) as (con, _):
                    found.append((programme.landing.last_moment, nation, fingerprint(con)))
                before = draft
            until, nation, said = found[len(history[0][0]) % len(found)]  # of any night, asked later
            with built(programme, root / "full.duckdb", as_of=until, nation=nation) as (con, _):
                assert fingerprint(con) == said


@pytest.fixture(scope="module")
def world_built(world_programme: Programme, tmp_path_factory: pytest.TempPathFactory) -> Path:
    draft = tmp_path_factory.mktemp("increments") / "first.duckdb"
    with built(world_programme, draft):
        pass
    return draft


def test_where_nothing_changed_nothing_is_made(world_programme: Programme, world_built: Path, tmp_path: Path) -> None:
    with built(world_programme, tmp_path / "again.duckdb", world_built) as (_, made):
        assert not again(made)


def contents(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Every table, published or not, by what it holds."""
    targets = [one.target for layer in LAYERS for one in statements(layer)] + ["core.judged_point"]
    sql = "SELECT concat_ws(' ', count(*), sum(md5_number_lower(one::VARCHAR))) FROM {0} AS one"
    return {target: str(con.execute(sql.format(target)).fetchall()[0][0]) for target in targets}


@pytest.mark.parametrize("column", sorted(set(PARTED_BY.values())))
def test_a_part_is_made_of_its_own_inputs_alone(
    world_programme: Programme, world_built: Path, tmp_path: Path, column: str
) -> None:
    """One provider's, its batches, one of its teams, made once more over what is theirs: nothing moves."""
    draft = tmp_path / "again.duckdb"
    parted = {target for target, by in PARTED_BY.items() if by == column} - VIEWS
    for path in (world_built, core_of(world_built)):
        shutil.copy(path, tmp_path / path.name.replace("first", "again"))
    with open_workspace(draft, threads=1) as con:
        before = contents(con)
        con.execute(
            "UPDATE core.part SET key = 'other' WHERE provider_code = 'B1' AND team_code IN ('', 'T1') "
            "AND target IN (SELECT unnest(?))",
            [[known_as(target) for target in parted]],
        )
    with built(world_programme, draft) as (con, made):
        assert contents(con) == before
    partly = {one.statement.target for one in made if one.only and one.only[1]}
    assert partly >= parted - {"core.year_to_date_before"}
    if column != BATCH:
        names = {PROVIDER: "B1", TEAM: "B1 T1"}
        assert {one.only for one in made if one.statement.target in partly} == {(column, (names[column],))}


def test_who_reads_what_is_added_up_by_batch_asks_for_no_batch() -> None:
    """Its keys are those of teams: a team whose rows moved to another batch is not made again."""
    added_up = {target for target in LOOKED_AT if PARTED_BY[target] == BATCH}
    readers = [one for layer in LAYERS for one in statements(layer) if one.reads & added_up]
    assert readers
    assert not [one.target for one in readers if BATCH in one.sql]


def test_a_month_of_one_provider_touches_its_parts_alone(
    new_programme: Callable[[str], Programme], world: World
) -> None:
    programme = new_programme("month")
    put(world, programme)
    programme.night()
    first, second = programme.root / "1.duckdb", programme.root / "2.duckdb"
    with built(programme, first):
        pass
    line = {"account_code": "A1", "amount": "1.00", "posting_date": "2022-05-02", "period": "2"}
    programme.ledger(line, period="2022-05")
    programme.night()
    with built(programme, second, first) as (con, made):
        found = {one.statement.target: one.only for one in made}
        assert check_reconciliation(con).passed
    batches = {v.batch_id for v in programme.known().versions if str(v.receipt.slot) == "ledger/B1/2022-05"}
    column, touched = found["vm.fact_cost"] or ("", ())
    assert (column, set(touched)) == ("batch_id", batches)
    assert len(batches) == 2, "what left force is taken out, what came is put in"
    assert found["core.cost_part"] == found["vm.fact_cost"]
    column, touched = found["core.ingredient"] or ("", ())
    assert column == TEAM and {team.split()[0] for team in touched} == {"B1"}
    for target in ("vm.fact_activity", "vm.fact_survey", "core.stay", "core.survey_day", "core.cost_centre_share"):
        assert found[target] == ("", ()), target


def test_a_line_that_is_sent_again_touches_its_team(new_programme: Callable[[str], Programme]) -> None:
    """And what is added up of all teams; the other team of the board keeps its rows."""
    programme = new_programme("line")
    programme.reference("cost_centre_map", "B1,R1,T1,1,,", "B1,R2,T2,1,,")
    programme.reference("account_map", "A1,Bread,food,true,")
    line = {"account_code": "A1", "posting_date": "2022-05-02", "period": "2"}
    before, draft = programme.root / "1.duckdb", programme.root / "2.duckdb"
    programme.ledger(line | {"cost_centre_code": "R1"}, line | {"cost_centre_code": "R2"}, period="2022-05")
    programme.night()
    with built(programme, before):
        pass
    other = line | {"cost_centre_code": "R2", "amount": "2.00"}
    programme.ledger(line | {"cost_centre_code": "R1"}, other, period="2022-05")
    programme.night()
    with built(programme, draft, before) as (_, made):
        found = {one.statement.target: one.only or ("", ()) for one in made}
    none_of_it = {"core.indicator_class"}  # a line of a ledger says nothing of these
    for target in sorted({target for target, by in PARTED_BY.items() if by == TEAM} - VIEWS - none_of_it):
        column, touched = found[target]
        assert column == TEAM and "B1 T2" in touched and "B1 T1" not in touched, target


def test_what_was_carried_over_is_still_added_up(
    new_programme: Callable[[str], Programme], world_programme: Programme, world_built: Path, tmp_path: Path
) -> None:
    """A penny that went astray in a part nobody touched closes the gate."""
    draft = tmp_path / "again.duckdb"
    for path in (world_built, core_of(world_built)):
        shutil.copy(path, tmp_path / path.name.replace("first", "again"))
    with open_workspace(draft) as con:
        con.execute("UPDATE vm.fact_cost SET amount_gbp = amount_gbp + 0.01 WHERE rowid = 0")
        build_core(con, world_programme.known(), world_programme.staging, "SCT")
        assert not check_reconciliation(con).passed


def test_what_is_withdrawn_leaves_no_row_and_comes_back(
    new_programme: Callable[[str], Programme], world: World
) -> None:
    """A batch of every feed: neither published nor among the steps between; taken back, all is what it was."""
    programme = new_programme("withdrawn")
    put(world, programme)
    programme.night()
    versions = [one for one in programme.known().versions if one.in_force]
    # The oldest: without the newest other points are final, and it stays known when they first were.
    chosen = [next(one.batch_id for one in versions if one.receipt.slot.feed == feed) for feed in FEEDS]
    held, before = [], None
    for number, kind in enumerate((None, Kind.WITHDRAWN, Kind.REINSTATED)):
        if kind:
            programme.landing.decide([Decision(kind, batch_id, "why") for batch_id in chosen], programme.clock)
        draft = programme.root / f"{number}.duckdb"
        with built(programme, draft, before) as (con, _):
            held.append(([_rows_of(con, batch_id) for batch_id in chosen], _but_of_batches(contents(con))))
        before = draft
    (there, first), (gone, without), (back, last) = held
    assert there == back and all(there) and not any(gone)
    assert first == last != without


def _rows_of(con: duckdb.DuckDBPyConnection, batch_id: str) -> int:
    """Rows of a batch in facts and in steps of any kind, the keys of parts aside."""
    listed = con.execute(
        "SELECT database_name || '.' || schema_name || '.' || table_name FROM duckdb_columns() "
        "WHERE column_name = 'batch_id' AND database_name IN ('warehouse', 'core') "
        "AND table_name NOT IN ('batch', 'rejection', 'batch_moved', 'part') AND table_name NOT LIKE 'bi_%'"
    ).fetchall()
    asked = "SELECT count(*) FROM {} WHERE batch_id = ?"
    return sum(con.execute(asked.format(name), [batch_id]).fetchall()[0][0] for (name,) in listed)


def _but_of_batches(found: dict[str, str]) -> dict[str, str]:
    """Without what tells of decisions, and of the change since the night before."""
    return {table: said for table, said in found.items() if table not in ("vm.batch", "vm.restatement")}
