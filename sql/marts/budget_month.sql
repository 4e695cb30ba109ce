-- Budgets of teams by month, without that of capital, and whole-time equivalents. Of which file they are is not in it: a
-- budget that is sent again with other rows changes the teams of those alone.
SELECT provider_code, team_code, financial_year, period, sum(amount_gbp) FILTER ({budget_ytd_gbp}) AS amount_gbp,
       sum(wte) FILTER ({funded_wte}) AS wte
FROM vm.fact_budget
GROUP BY ALL
