"""From a declared saving to its facts: cost, volume, activity and harm of both windows, down to rows of batches.

Belongs here: which facts a window holds, as sql/marts/saving_cost and saving_volume have it.
Does not belong here: adding rows up (figure), what is worked out of both windows (docs/explanation/savings).
"""

from collections.abc import Iterator
from datetime import date

import duckdb

from vm_pipeline.indicators.entry import Facts, Ingredient
from vm_pipeline.indicators.ingredients import CONDITION
from vm_pipeline.staging.naming import literal
from vm_pipeline.trace.figure import BY_CODE, Figure, side_of
from vm_pipeline.trace.origin import Origins
from vm_pipeline.trace.selection import Part, Selection, Whose
from vm_pipeline.trace.unknown import Unknown
from vm_pipeline.warehouse.rows import Row, named_rows

_CASES = (
    "FROM vm.saving JOIN vm.dim_saving_case "
    "USING (provider_code, case_code, baseline_from, baseline_to, after_from, after_to)"
)
_COUNTED = ("volume", "activity", "balancing")
_MEANING = {
    "cost": "Cost of the window, as the case chooses it.",
    "volume": "What is bought, or what moved.",
    "activity": "What drives it.",
    "balancing": "The harm that must not rise.",
}


def trace_saving(
    con: duckdb.DuckDBPyConnection, origins: Origins, provider: str, code: str, largest: int = 0
) -> tuple[Figure, ...]:
    """A saving, one figure a pair of windows. Raises Unknown."""
    asked = con.execute(
        "SELECT saving.* EXCLUDE (balancing_measure, balancing_base_measure), dim_saving_case.* EXCLUDE (case_name, "
        f"team_code, method, scale_by, one_off_gbp, is_cash_releasing) {_CASES} WHERE provider_code = ? "
        "AND case_code = ? ORDER BY baseline_from, after_from, baseline_to, after_to",
        [provider, code],
    )
    cases = named_rows(asked)
    if not cases:
        known = con.execute("SELECT DISTINCT provider_code || ' ' || case_code FROM vm.saving ORDER BY 1").fetchall()
        raise Unknown(
            f"found no saving {code} of {provider}, expected one of {', '.join(n for (n,) in known) or 'none'}."
        )
    return tuple(_figure(con, origins, case, largest) for case in cases)


def _figure(con: duckdb.DuckDBPyConnection, origins: Origins, case: Row, largest: int) -> Figure:
    whose = Whose(
        case["case_code"], "team", case["provider_code"], "*", case["team_code"], "window", case["after_from"]
    )
    formula = BY_CODE["F12" if case["method"] == "pathway" else "F10"].formula
    formula = formula.replace("days", "activity") if case["scale_by"] == "activity" else formula
    sides = tuple(
        side_of(con, origins, whose, name, case[column], [Part(name, one)], largest, _facts_of)
        for name, column, one in _sides(case)
        if case[column] is not None
    )
    return Figure(
        case["case_name"], formula, whose, case["saving_gbp"], "£", case["status"], case["reason"] or "", "", sides
    )


def _facts_of(part: Part, whose: Whose) -> list[Selection]:
    facts = part.ingredient.stated
    return [Selection(part, facts, facts.where)] if facts else []


def _sides(case: Row) -> Iterator[tuple[str, str, Ingredient]]:
    """Name, column of vm.saving, and the facts of it."""
    windows = {"before": (case["baseline_from"], case["baseline_to"]), "after": (case["after_from"], case["after_to"])}
    for when, days in windows.items():
        if case["method"] == "window":
            column = "baseline_cost_gbp" if when == "before" else "actual_gbp"
            yield _side(f"cost {when}", column, "cost", Facts("fact_cost", _cost(case, *days), "amount_gbp"))
        for what in _COUNTED:
            if case[f"{what}_measure"]:
                facts = Facts("fact_activity", _counted(case, what, *days), "quantity")
                yield _side(f"{what} {when}", f"{what}_{when}", what, facts)


def _side(name: str, column: str, what: str, facts: Facts) -> tuple[str, str, Ingredient]:
    source, unit = ("ledger", "£") if what == "cost" else ("activity", "n")
    return name, column, Ingredient(what, unit, source, _MEANING[what], stated=facts)


def _cost(case: Row, first: date, last: date) -> str:
    said = [f"{name} = {literal(case[name])}" for name in ("provider_code", "team_code")]
    said += [f"{name} = {literal(case[name])}" for name in ("cost_centre_code", "account_code") if case[name]]
    if not case["account_code"]:
        said.append(CONDITION["direct_cost_gbp"])
    if case["window_grain"] == "month":
        said.append(f"period BETWEEN '{first:%Y-%m}' AND '{last:%Y-%m}'")
    else:
        said.append(f"ledger_period BETWEEN 1 AND 12 AND posting_date BETWEEN DATE '{first}' AND DATE '{last}'")
    return " AND ".join(said)


def _counted(case: Row, what: str, first: date, last: date) -> str:
    measure, _, outcome = case[f"{what}_measure"].partition(":")
    teams = case["activity_team_codes"].split("|") if what == "activity" else [case["team_code"]]
    said = [f"provider_code = {literal(case['provider_code'])}", f"measure_code = {literal(measure)}"]
    said += [f"outcome_code = {literal(outcome)}"] if outcome else []
    said.append(f"team_code IN ({', '.join(literal(team.strip()) for team in teams)})")
    return " AND ".join([*said, f"start_at >= DATE '{first}' AND start_at < DATE '{last}' + 1"])
