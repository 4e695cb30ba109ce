"""Facts that a reference file chooses: cost on what has a budget, cost and activity of saving cases.

Belongs here: these choices, as SQL on published tables. sql/marts and `vm-pipeline trace` both follow from them.
Does not belong here: choices that a measure, a category or a question makes (ingredients).
"""

from vm_pipeline.indicators.entry import Facts

_NOT_CAPITAL = "cost_category <> 'capital'"
_BUDGETED = "SELECT provider_code, cost_centre_code, financial_year FROM vm.fact_budget"
_HAS_BUDGET = (
    f"(provider_code, cost_centre_code, financial_year) IN ({_BUDGETED} "
    f"WHERE {_NOT_CAPITAL} AND amount_gbp IS NOT NULL)"
)
BUDGETED_COST = Facts("fact_cost", f"{_NOT_CAPITAL} AND {_HAS_BUDGET}", "amount_gbp", since_april=True)
BUDGET = Facts("fact_budget", f"{_NOT_CAPITAL} AND amount_gbp IS NOT NULL", "amount_gbp", since_april=True)
# People are not added up over periods, as pounds are.
FUNDED = Facts("fact_budget", "ledger_period <= 12 AND wte IS NOT NULL", "wte")

# Cases that name an account and what drives its cost. A team may have several of one account, or of one activity: a
# line or record that more than one of them names counts once.
_CASES = "FROM vm.dim_saving_case AS one WHERE one.account_code IS NOT NULL AND one.activity_measure IS NOT NULL"
_NAMED = (  # the account first: few lines have it, and EXISTS over all 15 million took 3 s of the processor
    f"account_code IN (SELECT one.account_code {_CASES}) "
    f"AND EXISTS (SELECT 1 {_CASES} AND one.provider_code = fact_cost.provider_code "
    "AND one.team_code = fact_cost.team_code AND one.account_code = fact_cost.account_code "
    "AND coalesce(one.cost_centre_code, fact_cost.cost_centre_code) = fact_cost.cost_centre_code)"
)
COMMODITY = Facts("fact_cost", _NAMED, "amount_gbp")
# What drives it is of the teams a case names, which may be several. Without a list of outcomes all of them count.
_DRIVEN = f"""
    SELECT provider_code, team_code, of_team, split_part(activity_measure, ':', 1) AS measure_code,
           CASE WHEN bool_and(split_part(activity_measure, ':', 2) <> '')
                THEN list(split_part(activity_measure, ':', 2)) END AS outcomes
    FROM (SELECT one.*, trim(unnest(string_split(one.activity_team_codes, '|'))) AS of_team {_CASES})
    GROUP BY ALL"""


def driving(table: str) -> str:
    """SELECT of activity as that of the teams whose commodity it drives, from a table of it."""
    return (
        f"SELECT driven.team_code, done.* EXCLUDE (team_code) FROM {table} AS done JOIN ({_DRIVEN}\n) AS driven "
        "ON driven.provider_code = done.provider_code AND driven.of_team = done.team_code "
        "AND driven.measure_code = done.measure_code "
        "AND (driven.outcomes IS NULL OR list_contains(driven.outcomes, done.outcome_code))"
    )


COMMODITY_BASE = Facts("fact_activity", "true", "quantity", "start_at", of_team=driving("vm.fact_activity"))
