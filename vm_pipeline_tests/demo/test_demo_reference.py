"""The reference tables of the made-up programme: what they must map, and the few things they must not."""

from collections import Counter, defaultdict
from decimal import Decimal
from itertools import combinations
from pathlib import Path

from demo_reading import Cells, sound

Tables = dict[str, list[Cells]]
OPEN = "9999"
EXPECTED = {
    "providers",
    "teams",
    "cost_centre_map",
    "unit_map",
    "account_map",
    "survey_team_map",
    "survey_issued",
    "survey_questions",
    "budget",
    "prices",
    "targets",
    "saving_cases",
    "pauses",
    "rebases",
    "role_log",
    "coach_survey",
}


def overlap(one: Cells, other: Cells) -> bool:
    return one["valid_from"] <= (other["valid_to"] or OPEN) and other["valid_from"] <= (one["valid_to"] or OPEN)


def test_every_table_is_there(reference: Tables) -> None:
    assert reference.keys() == EXPECTED
    assert all(reference.values())


def test_no_unit_has_two_teams_on_a_day(reference: Tables) -> None:
    units = defaultdict(list)
    for row in reference["unit_map"]:
        units[row["provider_code"], row["unit_code"]].append(row)
    assert not [pair for rows in units.values() for pair in combinations(rows, 2) if overlap(*pair)]


def test_shares_of_a_cost_centre_never_exceed_one(reference: Tables) -> None:
    """Whole, in thirds, 0.6 and 0.4, 0.7 only, and one that moves in the middle of a month."""
    centres = defaultdict(list)
    for row in reference["cost_centre_map"]:
        centres[row["provider_code"], row["cost_centre_code"]].append(row)
    patterns = Counter()
    for rows in centres.values():
        for day in {row["valid_from"] for row in rows}:
            shares = sorted(row["share"] for row in rows if row["valid_from"] <= day <= (row["valid_to"] or OPEN))
            assert sum(map(Decimal, shares)) <= 1
            patterns[tuple(shares)] += 1
    assert patterns.keys() == {("1.000000",), ("0.333333",) * 3, ("0.400000", "0.600000"), ("0.700000",)}
    moves = [rows for rows in centres.values() if any(row["valid_to"] for row in rows)]
    assert [(row["valid_from"], row["valid_to"]) for row in moves[0]] == [
        ("2019-04-01", "2021-06-14"),
        ("2021-06-15", ""),
    ]


def test_one_cost_centre_one_account_one_unit_and_one_survey_team_are_unmapped(
    programme: Path, reference: Tables, live: dict[tuple[str, str], Cells]
) -> None:
    def mapped(table: str, *columns: str) -> set[tuple[str, ...]]:
        return {tuple(row[column].lower() for column in columns) for row in reference[table]}

    ledger = [row for _, _, row in sound(programme, "ledger")]
    centres = {(row["provider_code"].lower(), row["cost_centre_code"].lower()) for row in ledger}
    assert centres - mapped("cost_centre_map", "provider_code", "cost_centre_code") == {("s08000022", "h99901")}
    accounts = {(row["account_code"],) for row in ledger}
    assert accounts - mapped("account_map", "account_code") == {("9990",)}
    units = {(board.lower(), row["unit_code"].lower()) for (board, _), row in live.items()}
    assert units - mapped("unit_map", "provider_code", "unit_code") == {("s08000031", "gsurge")}
    teams = {(board.lower(), row["team_name"].lower()) for board, _, row in sound(programme, "survey")}
    assert teams - mapped("survey_team_map", "provider_code", "team_name") == {("s08000030", "night bank staff")}


def test_every_team_named_anywhere_exists(reference: Tables) -> None:
    teams = {(row["provider_code"], row["team_code"]) for row in reference["teams"]}
    for table in ("cost_centre_map", "unit_map", "survey_team_map", "targets", "saving_cases", "rebases", "role_log"):
        assert {(row["provider_code"], row["team_code"]) for row in reference[table]} <= teams, table
    for case in reference["saving_cases"]:
        drivers = filter(None, case["activity_team_codes"].split("|"))
        assert {(case["provider_code"], team) for team in drivers} <= teams


def test_every_price_a_case_needs_is_there_on_every_day(reference: Tables) -> None:
    prices = reference["prices"]
    for case in reference["saving_cases"]:
        for item in filter(None, (case["item_code"], case["moved_item_code"])):
            spans = sorted((row["valid_from"], row["valid_to"] or OPEN) for row in prices if row["item_code"] == item)
            assert spans[0][0] <= case["baseline_from"]
            assert spans[-1][1] >= case["after_to"]


def test_every_header_of_a_wide_survey_is_a_question(programme: Path, reference: Tables) -> None:
    known = {row[name] for row in reference["survey_questions"] for name in ("question_code", "question_text")}
    head = {"provider_code", "survey_code", "wave_date", "team_name", "respondent_ref"}
    for _, _, row in sound(programme, "survey"):
        assert "question_code" in row or set(row) - head <= known


def test_budgets_have_one_row_a_period(reference: Tables) -> None:
    keys = ("provider_code", "cost_centre_code", "account_code", "financial_year", "period")
    counted = Counter(tuple(row[key] for key in keys) for row in reference["budget"])
    assert set(counted.values()) == {1}
    lines = Counter(key[:3] for key in counted)
    assert set(lines.values()) == {36}


def test_ten_coaches_moved_on(reference: Tables) -> None:
    bands = defaultdict(dict)
    for row in reference["role_log"]:
        if row["occasion"] == "post":
            bands[row["coach_ref"]][row["valid_from"]] = int(row["band"])
    moved = [posts for posts in bands.values() if len(posts) > 1]
    assert len(moved) == 10
    assert all(posts[max(posts)] > posts[min(posts)] for posts in moved)


def test_huddles_in_the_log_are_huddles_in_the_activity(reference: Tables, live: dict[tuple[str, str], Cells]) -> None:
    teams = {(row["provider_code"], row["unit_code"]): row["team_code"] for row in reference["unit_map"]}
    held = {
        (board, teams[board, row["unit_code"]], row["start_at"])
        for (board, _), row in live.items()
        if row["measure_code"] == "huddle"
    }
    logged = {
        (row["provider_code"], row["team_code"], row["valid_from"])
        for row in reference["role_log"]
        if row["occasion"] == "huddle"
    }
    assert logged <= held
    assert len(logged) > 0.95 * len(held)
