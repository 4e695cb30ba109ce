-- Cost of teams by month, on cost centres that have a budget in the year, of other things than capital.
SELECT provider_code, team_code, financial_year, period, sum(amount_gbp) AS amount_gbp
FROM vm.fact_cost
WHERE period IS NOT NULL AND {actual_ytd_gbp}
GROUP BY ALL
