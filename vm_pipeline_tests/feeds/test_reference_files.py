"""Reference files as feeds.md lists them: a sound row of each is taken, a defect gets its code."""

from datetime import date
from decimal import Decimal

import pytest

from vm_pipeline_tests.programme import Programme

# Header as in feeds.md, a sound row, and what core sees of it.
SOUND: dict[str, tuple[str, str, tuple[object, ...]]] = {
    "providers": ("provider_code,provider_name", "b1,Board One", ("B1", "Board One")),
    "teams": (
        "provider_code,team_code,team_name,service,care_setting,valid_from,valid_to",
        "B1,t1,Ward One,Surgery,ward,01/04/2022,",
        ("B1", "T1", "Ward One", "Surgery", "ward", date(2022, 4, 1), None),
    ),
    "cost_centre_map": (
        "provider_code,cost_centre_code,team_code,share,valid_from,valid_to",
        "B1,001234,T1,0.333333,,31-Mar-2023",
        ("B1", "001234", "T1", Decimal("0.333333"), None, date(2023, 3, 31)),
    ),
    "unit_map": (
        "provider_code,unit_code,team_code,valid_from,valid_to",
        "B1,w1,T1,2022-04-01,2022-04-01",
        ("B1", "W1", "T1", date(2022, 4, 1), date(2022, 4, 1)),
    ),
    "account_map": (
        "account_code,account_name,cost_category,is_direct,cost_timing",
        "3001a,Bank nurses,PAY_BANK,Yes,Spread",
        ("3001A", "Bank nurses", "pay_bank", True, "spread"),
    ),
    "survey_team_map": (
        "provider_code,survey_code,team_name,team_code",
        "B1,pulse,Team ONE,T1",
        ("B1", "PULSE", "team one", "T1"),
    ),
    "survey_issued": (
        "provider_code,survey_code,wave_date,team_name,issued",
        "B1,PULSE,2022-07-15,Team One,30",
        ("B1", "PULSE", date(2022, 7, 15), "team one", 30),
    ),
    "budget": (
        "provider_code,cost_centre_code,account_code,financial_year,period,amount,wte",
        'B1,R1,3001A,2022/23,04,"£1,000.00",2.50',
        ("B1", "R1", "3001A", 2022, 4, Decimal("1000.00"), Decimal("2.50")),
    ),
    "prices": (
        "provider_code,item_code,price,valid_from,valid_to",
        "B1,milk,0.5500,2022-04-01,",
        ("B1", "MILK", Decimal("0.5500"), date(2022, 4, 1), None),
    ),
    "saving_cases": (
        "provider_code,case_code,case_name,method,team_code,baseline_from,baseline_to,after_from,after_to,"
        "volume_measure,one_off_gbp,is_cash_releasing",
        'B1,milk,Milk,Window,t1,2021-04-01,2022-03-31,2022-04-01,2023-03-31,Item_issued,"£1,000.00",yes',
        (
            *("B1", "MILK", "Milk", "window", "T1"),
            *(date(2021, 4, 1), date(2022, 3, 31), date(2022, 4, 1), date(2023, 3, 31)),
            *("item_issued", Decimal("1000.00"), True),
        ),
    ),
    "role_log": (
        "provider_code,team_code,occasion,valid_from,valid_to,role_family,role,band,coach_ref",
        "B1,T1,post,2022-04-01,,Improvement,Coach,6,coach-1",
        ("B1", "T1", "post", date(2022, 4, 1), None, "improvement", "Coach", 6, "COACH-1"),
    ),
    "coach_survey": (
        "provider_code,coach_ref,wave,answered_on,item_code,rating",
        "B1,coach-1,Before,2022-04-01,confidence,7",
        ("B1", "COACH-1", "before", date(2022, 4, 1), "CONFIDENCE", 7),
    ),
    "survey_questions": (
        "survey_code,question_code,question_text,scale,positive_answers",
        "PULSE,q1,I am heard,AGREE5,Agree|Strongly agree",
        ("PULSE", "Q1", "I am heard", "agree5", "Agree|Strongly agree"),
    ),
}
_CASE = "B1,MILK,Milk,{method},T1,2021-04-01,{baseline_to},{after_from},2023-03-31,{volume},{one_off},yes"
_SOUND_CASE = {
    "method": "window",
    "baseline_to": "2022-03-31",
    "after_from": "2022-04-01",
    "volume": "",
    "one_off": "",
}


def case(**changes: str) -> str:
    """A saving case with some cells changed."""
    return _CASE.format(**{**_SOUND_CASE, **changes})


DEFECTS = [
    ("saving_cases", case(method="guess"), "bad_method"),
    ("saving_cases", case(method=""), "bad_method"),
    ("saving_cases", case(method="pathway", volume="treatment"), "incomplete_pathway"),
    ("saving_cases", case(baseline_to="2021-03-31"), "bad_windows"),
    ("saving_cases", case(after_from="2022-03-31"), "bad_windows"),
    ("saving_cases", case(after_from="2023-04-01"), "bad_windows"),
    ("saving_cases", case(after_from="soon"), "bad_date"),
    ("saving_cases", case(after_from=""), "missing_code"),
    ("saving_cases", case(one_off="much"), "bad_number"),
    ("prices", "B1,MILK,-0.55,,", "bad_number"),
    ("prices", "B1,MILK,,,", "missing_code"),
    ("role_log", "B1,T1,lunch,2022-04-01,,clinical,Nurse,,", "bad_occasion"),
    ("role_log", "B1,T1,post,2022-04-01,,improvement,Coach,6,", "nobody_s_post"),
    ("role_log", "B1,T1,post,2022-04-01,2022-03-31,improvement,Coach,6,C1", "end_before_start"),
    ("coach_survey", "B1,C1,between,2022-04-01,SKILL,7", "bad_wave"),
    ("coach_survey", "B1,C1,after,2022-04-01,SKILL,11", "bad_rating"),
    ("providers", ",Board", "missing_code"),
    ("teams", "B1,,Ward,,,,", "missing_code"),
    ("teams", "B1,T1,Ward,,,2022-02-30,", "bad_date"),
    ("teams", "B1,T1,Ward,,,2022-02-02,2022-02-01", "end_before_start"),
    ("cost_centre_map", "B1,R1,T1,,,", "missing_code"),
    ("cost_centre_map", "B1,R1,T1,1.1,,", "bad_number"),
    ("cost_centre_map", "B1,R1,T1,33%,,", "bad_number"),
    ("cost_centre_map", "B1,R1,T1,0.3333333,,", "bad_number"),
    ("cost_centre_map", "B1,R1,T1,1,soon,", "bad_date"),
    ("unit_map", "B1,W1,,,", "missing_code"),
    ("unit_map", "B1,W1,T1,2022-04-02,2022-04-01", "end_before_start"),
    ("account_map", "3001A,x,pay,true,", "bad_category"),
    ("account_map", "3001A,x,food,,", "missing_code"),
    ("account_map", "3001A,x,food,perhaps,", "bad_number"),
    ("account_map", "3001A,x,food,true,sometimes", "bad_timing"),
    ("survey_team_map", "B1,PULSE,,T1", "missing_code"),
    ("survey_issued", "B1,PULSE,2022-07-15,Team One,many", "bad_number"),
    ("survey_questions", "PULSE,Q1,,agree7,", "bad_scale"),
    ("budget", "B1,R1,3001A,2022,4,1.00,", "bad_number"),
    ("budget", "B1,R1,3001A,2022/23,15,1.00,", "bad_number"),
    ("budget", "B1,R1,3001A,2022/23,4,lots,", "bad_number"),
    ("budget", 'B1,R1,3001A,2022/23,4,1.00,"1,000"', "bad_number"),
    ("budget", "B1,R1,3001A,,4,1.00,", "missing_code"),
    ("budget", "B1,R1,3001A,2022/23,,1.00,", "bad_period"),
    ("prices", "B1,MILK,1.00,2022-04-02,2022-04-01", "end_before_start"),
]


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_row_of_each_file(programme: Programme, name: str) -> None:
    header, row, expected = SOUND[name]
    programme.send(f"reference/{name}.csv", f"{header}\n{row}\n")
    programme.night()
    assert programme.summary().refused_because == ""
    assert programme.rejected() == []
    columns = ", ".join(header.split(",")).replace("period", "ledger_period")
    assert programme.accepted(columns) == [expected]


@pytest.mark.parametrize(("name", "row", "code"), DEFECTS)
def test_a_defect_rejects_its_row_only(programme: Programme, name: str, row: str, code: str) -> None:
    header, sound, _ = SOUND[name]
    programme.send(f"reference/{name}.csv", f"{header}\n{row}\n{sound}\n")
    programme.night()
    assert programme.rejected() == [(1, code)]
    assert programme.summary().rows_accepted == 1


@pytest.mark.parametrize("name", ["teams", "cost_centre_map", "unit_map", "account_map"])
def test_spans_and_timing_may_be_left_out(programme: Programme, name: str) -> None:
    header, row, expected = SOUND[name]
    optional = {"valid_from", "valid_to", "cost_timing", "service", "care_setting"}
    kept = [i for i, column in enumerate(header.split(",")) if column not in optional]
    lines = [",".join(line.split(",")[i] for i in kept) for line in (header, row)]
    programme.send(f"reference/{name}.csv", "\n".join(lines))
    programme.night()
    assert programme.summary().refused_because == ""
    assert programme.accepted(lines[0]) == [tuple(expected[i] for i in kept)]


@pytest.mark.parametrize("name", ["cost_centre_map", "unit_map", "account_map", "survey_team_map"])
def test_a_list_of_unmapped_codes_can_be_filled_in_and_sent_back(programme: Programme, name: str) -> None:
    """Its hints are ignored."""
    header, row, expected = SOUND[name]
    programme.send(f"reference/{name}.csv", f'{header},rows,amount_gbp\n{row},12,"1,000.00"\n')
    programme.night()
    assert programme.accepted(header) == [expected]


def test_a_provider_s_maps_are_not_its_batch_s(programme: Programme) -> None:
    """One file for all providers: no row of it is of the wrong one."""
    programme.reference("unit_map", "B1,W1,T1,,", "B2,W1,T9,,")
    programme.night()
    assert programme.rejected() == []
