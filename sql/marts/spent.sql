-- Cost of teams by month, on cost centres that have a budget in the year, of other things than capital.
SELECT provider_code, team_code, financial_year, period, sum(amount_gbp) AS amount_gbp
FROM vm.fact_cost
SEMI JOIN (
    SELECT provider_code, cost_centre_code, financial_year FROM core.budget_share WHERE amount_gbp IS NOT NULL
) USING (provider_code, cost_centre_code, financial_year)
WHERE period IS NOT NULL AND cost_category <> 'capital'
GROUP BY ALL
