-- Cost of saving cases that name an account, and what drives it, of the teams the case names, which may be several.
SELECT provider_code, team_code, period, 'commodity_gbp' AS ingredient, sum(amount_gbp)::DECIMAL(38,9) AS amount
FROM vm.fact_cost
WHERE period IS NOT NULL AND {commodity_gbp}
GROUP BY ALL
UNION ALL
SELECT provider_code, team_code, strftime(day, '%Y-%m'), 'commodity_base', sum(quantity)::DECIMAL(38,9)
FROM ({driving})
GROUP BY ALL
