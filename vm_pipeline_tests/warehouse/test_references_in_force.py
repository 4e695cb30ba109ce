"""Reference tables: rows that contradict each other are refused for their provider, whose last good ones stay."""

import pytest

from vm_pipeline_tests.programme import Programme, Row, codes

SPLIT = ["B1,R1,T1,0.6,,", "B1,R1,T2,0.4,,"]
OTHERS = ["B2,R1,T8,1,,"]


def cost(programme: Programme) -> list[Row]:
    """Who carries the cost of July."""
    con = programme.core()
    return con.execute("SELECT provider_code, team_code, amount_gbp::INTEGER FROM vm.fact_cost ORDER BY ALL").fetchall()


@pytest.fixture
def sent(programme: Programme) -> Programme:
    """Both boards have ten pounds on R1, and a unit, and a survey team."""
    for provider in ("B1", "B2"):
        programme.ledger({}, provider=provider)
        programme.activity({}, provider=provider)
    return programme


class TestShares:
    @pytest.mark.parametrize(
        "rows",
        [
            ["B1,R1,T1,0.7,,", "B1,R1,T2,0.4,,"],
            ["B1,R1,T1,1,,", "B1,R1,T2,0.000011,,"],
            ["B1,R1,T1,1,2022-01-01,2022-07-01", "B1,R1,T2,1,2022-07-01,"],
            ["B1,R1,T1,1,,2022-03-31", "B1,R1,T1,1,2022-01-01,2022-12-31", "B1,R1,T2,1,2023-01-01,"],
            ["B1,R1,T1,1,,", "B1,R1,T2,1,2030-01-01,"],
        ],
    )
    def test_above_one_on_any_day_is_a_contradiction(self, sent: Programme, rows: list[str]) -> None:
        sent.reference("cost_centre_map", *rows, *OTHERS)
        sent.night()
        assert cost(sent) == [("B1", "UNALLOCATED", 10), ("B2", "T8", 10)]
        assert ("contradiction", "cost_centre_map", "B1") in codes(sent.findings)
        (said,) = [one.message for one in sent.findings if one.code == "contradiction"]
        assert "1, 2" in said.replace(" and ", ", ")

    @pytest.mark.parametrize(
        "rows",
        [
            ["B1,R1,T1,0.6,,", "B1,R1,T1,0.4,,"],
            ["B1,R1,T1,0.500005,,", "B1,R1,T1,0.500005,,"],
            ["B1,R1,T1,1,,2022-07-31", "B1,R1,T2,1,2022-08-01,"],
            ["B1,R1,T1,1,,", "B1,R2,T2,1,,"],
            ["B1,R1,T1,1,,", "B3,R1,T2,1,,"],
        ],
    )
    def test_one_at_most_is_none(self, sent: Programme, rows: list[str]) -> None:
        sent.reference("cost_centre_map", *rows)
        sent.night()
        assert cost(sent)[0] == ("B1", "T1", 10)
        assert "contradiction" not in {one.code for one in sent.findings}


class TestTheLastGoodOnes:
    def test_stay_in_force_for_the_provider_concerned(self, sent: Programme) -> None:
        sent.reference("cost_centre_map", *SPLIT, *OTHERS)
        sent.night()
        sent.reference("cost_centre_map", "B1,R1,T1,0.9,,", "B1,R1,T2,0.9,,", "B2,R1,T9,1,,")
        sent.night()
        assert cost(sent) == [("B1", "T1", 6), ("B1", "T2", 4), ("B2", "T9", 10)]
        assert ("contradiction", "cost_centre_map", "B1") in codes(sent.findings)

    def test_of_a_budget_say_which_file_they_are_of(self, sent: Programme) -> None:
        """Two rows of one cost centre, account and period were added up: B1 had twice its budget."""
        sent.reference("budget", "B1,R1,3001A,2022/23,4,10.00,1", "B2,R1,3001A,2022/23,4,8.00,1")
        sent.night()
        sent.reference("budget", *["B1,R1,3001A,2022/23,4,10.00,1"] * 2, "B2,R1,3001A,2022/23,4,9.00,1")
        sent.night()
        found = sent.core().execute(
            "SELECT budget.provider_code, amount_gbp::INTEGER, row_number, batch.superseded_at IS NULL "
            "FROM vm.fact_budget AS budget JOIN vm.batch USING (batch_id) ORDER BY ALL"
        )
        assert found.fetchall() == [("B1", 10, 1, False), ("B2", 9, 3, True)]

    def test_over_several_bad_versions(self, sent: Programme) -> None:
        sent.reference("cost_centre_map", *SPLIT, *OTHERS)
        sent.night()
        for share in ("0.9", "0.8"):
            sent.reference("cost_centre_map", "B1,R1,T1,1,,", f"B1,R1,T2,{share},,", f"B2,R1,T{share[-1]},1,,")
            sent.night()
        assert cost(sent) == [("B1", "T1", 6), ("B1", "T2", 4), ("B2", "T8", 10)]

    def test_one_that_was_never_mended_is_told_once_with_what_follows(self, sent: Programme) -> None:
        """A table that is sent every night has it in a thousand versions."""
        for others in range(1, 4):
            twice = ["B1,R1,T1,1,,"] * (1 + others)
            sent.reference("cost_centre_map", *twice, *OTHERS)
            sent.night()
        assert cost(sent) == [("B1", "UNALLOCATED", 10), ("B2", "T8", 10)]
        (said,) = [one.message for one in sent.findings if one.code == "contradiction"]
        assert "rows 1, 2, 3, 4 " in said and "last good version" not in said

    def test_until_it_is_mended(self, sent: Programme) -> None:
        sent.reference("cost_centre_map", "B1,R1,T1,0.9,,", "B1,R1,T2,0.9,,")
        sent.night()
        sent.reference("cost_centre_map", "B1,R1,T5,1,,")
        sent.night()
        assert cost(sent)[0] == ("B1", "T5", 10)
        assert "contradiction" not in {one.code for one in sent.findings}

    def test_another_provider_s_mistake_brings_no_old_row_back(self, sent: Programme) -> None:
        """B2 took its rows out; that B1 contradicts itself in the same file is none of its business."""
        sent.reference("cost_centre_map", *SPLIT, *OTHERS)
        sent.night()
        sent.reference("cost_centre_map", "B1,R1,T1,0.9,,", "B1,R1,T2,0.9,,")
        sent.night()
        assert cost(sent) == [("B1", "T1", 6), ("B1", "T2", 4), ("B2", "UNALLOCATED", 10)]

    def test_a_file_refused_as_a_whole_leaves_all_of_the_last_one(self, sent: Programme) -> None:
        sent.reference("cost_centre_map", *SPLIT, *OTHERS)
        sent.night()
        sent.send("reference/cost_centre_map.csv", "provider_code,cost_centre,team\nB1,R1,T5\n")
        sent.night()
        assert cost(sent) == [("B1", "T1", 6), ("B1", "T2", 4), ("B2", "T8", 10)]

    def test_as_of_before_the_mistake(self, sent: Programme) -> None:
        sent.reference("cost_centre_map", "B1,R1,T1,1,,")
        sent.night()
        before = sent.receipt().received_at
        sent.reference("cost_centre_map", "B1,R1,T2,1,,")
        sent.night()
        teams = [
            row[0]
            for row in sent.core(before).execute("SELECT team_code FROM vm.fact_cost ORDER BY provider_code").fetchall()
        ]
        assert teams == ["T1", "UNALLOCATED"]


class TestWhereOnlyOneMayHold:
    """A unit on two teams on one day; a survey team, a question, an account, a provider twice."""

    @pytest.mark.parametrize(
        ("name", "bad", "provider"),
        [
            ("unit_map", ["B1,W1,T1,,", "B1,W1,T2,2022-07-01,"], "B1"),
            ("unit_map", ["B1,W1,T1,2022-01-01,2022-07-01", "B1,W1,T1,2022-07-01,"], "B1"),
            ("teams", ["B1,T1,One,,,,", "B1,T1,Two,,,2022-01-01,2022-01-01"], "B1"),
            ("survey_team_map", ["B1,PULSE,Team One,T1", "B1,PULSE,TEAM ONE,T2"], "B1"),
            ("providers", ["B1,Board One", "b1,Board 1"], "B1"),
            ("account_map", ["3001A,x,food,true,", "3001a,y,drugs,true,"], ""),
            ("survey_issued", ["B1,PULSE,2022-07-15,Team One,20", "B1,PULSE,15/07/2022,team one,20"], "B1"),
            ("budget", ["B1,R1,3001A,2022/23,4,10.00,", "B1,R1,3001a,2022/23,04,10.00,2"], "B1"),
            ("survey_questions", ["PULSE,Q1,x,agree5,", "PULSE,q1,y,yesno,"], ""),
        ],
    )
    def test_is_refused_with_the_rows_named(self, sent: Programme, name: str, bad: list[str], provider: str) -> None:
        sent.reference(name, *bad)
        sent.night()
        con = sent.marts()
        assert ("contradiction", name, provider) in codes(sent.findings)
        (said,) = [one.message for one in sent.findings if one.code == "contradiction"]
        assert "rows 1 and 2" in said
        assert con.execute("SELECT count(*) FROM vm.team_month").fetchall() == [(2,)]

    def test_with_none_before_its_units_are_unallocated_and_the_others_are_not(self, sent: Programme) -> None:
        sent.reference("unit_map", "B1,W1,T1,,", "B1,W1,T2,,", "B2,W1,T8,,")
        sent.night()
        con = sent.core()
        rows = con.execute("SELECT provider_code, team_code FROM vm.fact_activity ORDER BY ALL").fetchall()
        assert rows == [("B1", "UNALLOCATED"), ("B2", "T8")]

    def test_of_thousands_the_first_rows_are_named(self, sent: Programme) -> None:
        sent.reference("budget", *[f"B1,R{n},3001A,2022/23,4,10.00," for n in range(30)] * 2)
        sent.night()
        sent.core()
        (said,) = [one.message for one in sent.findings if one.code == "contradiction"]
        assert "rows 1 and 31; 10 and 40; " in said and "and 10 more have the same provider_code" in said

    def test_of_rows_that_are_all_alike_not_every_pair_is_looked_at(self, sent: Programme) -> None:
        """200 million of 20,000 rows, for which there is no room: a budget by post was added up once."""
        sent.reference("budget", *["B1,R1,3001A,2022/23,4,10.00,"] * 100)
        sent.night()
        sent.core()
        (said,) = [one.message for one in sent.findings if one.code == "contradiction"]
        assert "rows 1 and 2; 10 and 11; " in said and " and 79 more have the same" in said

    def test_spans_that_meet_do_not_overlap(self, sent: Programme) -> None:
        sent.reference("unit_map", "B1,W1,T1,,2022-07-11", "B1,W1,T2,2022-07-12,2022-07-12", "B1,W1,T3,2022-07-13,")
        sent.night()
        con = sent.core()
        assert con.execute("SELECT team_code FROM vm.fact_activity WHERE provider_code = 'B1'").fetchall() == [("T2",)]


class TestAbsentFiles:
    def test_everything_lands_on_unallocated_with_a_finding_each(self, sent: Programme) -> None:
        sent.night()
        assert {row[1] for row in cost(sent)} == {"UNALLOCATED"}
        essential = {"providers", "teams", "cost_centre_map", "unit_map", "account_map"}
        assert codes(sent.findings) == {("missing_reference", name, "") for name in essential}

    def test_teams_and_providers_that_only_maps_and_feeds_name(self, sent: Programme) -> None:
        sent.reference("teams", "B1,T1,Ward One,Surgery,ward,,2022-06-30", "B1,T1,Ward 1,Surgery,ward,2022-07-01,")
        sent.reference("providers", "B1,Board One")
        sent.reference("cost_centre_map", "B1,R1,T7,1,,")
        sent.night()
        con = sent.core()
        assert con.execute("SELECT * FROM vm.dim_provider ORDER BY ALL").fetchall() == [
            ("B1", "Board One"),
            ("B2", "B2"),
        ]
        teams = con.execute("SELECT provider_code, team_code, team_name FROM vm.dim_team ORDER BY ALL").fetchall()
        assert teams == [
            ("B1", "T1", "Ward 1"),
            ("B1", "T1", "Ward One"),
            ("B1", "T7", "T7"),
            ("B1", "UNALLOCATED", "UNALLOCATED"),
            ("B2", "UNALLOCATED", "UNALLOCATED"),
        ]


def test_a_team_that_is_none_is_told(sent: Programme) -> None:
    """A mistyped team has costs all the same; a provider that has sent no teams yet mistypes none."""
    sent.reference("teams", "B1,T1,Team one,Medicine,ward,,", "B1,T2,Team two,Medicine,ward,2023-01-01,")
    sent.reference(
        "cost_centre_map", "B1,R2,T2,1,,", "B1,R1,T11,1,,", "B1,R3,T12,1,,", "B1,R4,UNALLOCATED,1,,", *OTHERS
    )
    sent.reference("unit_map", "B1,U1,T1,,")
    sent.reference("role_log", "B1,PMO,post,2021-01-01,,improvement,Coach,6,C1")  # an office that is no team
    sent.night()
    assert cost(sent) == [("B1", "T11", 10), ("B2", "T8", 10)]
    (said,) = [one for one in sent.findings if one.code == "unknown_team"]
    assert (said.table, said.provider_code) == ("cost_centre_map", "B1")
    assert "2 of them, the first is row 2" in said.message
