-- Cost, a row a ledger line and team. What was brought forward (ledger period 0) is cost of no month: it is left out.
SELECT cost.provider_code, CAST(cost.provider_code || '/' || cost.team_code AS VARCHAR) AS team_key,
       CAST(cost.provider_code || '/' || cost.cost_centre_code AS VARCHAR) AS cost_centre_key, cost.account_code, day.date,
       cost.posting_date, cost.amount_gbp,
       CAST(CASE WHEN {direct_cost} THEN cost.amount_gbp ELSE 0 END AS NUMERIC(18, 2)) AS direct_cost_gbp,
       CAST(CASE WHEN {total_cost} THEN cost.amount_gbp ELSE 0 END AS NUMERIC(18, 2)) AS total_cost_gbp,
       cost.batch_id, cost.row_number
FROM vm.fact_cost AS cost
LEFT JOIN vm.dim_date AS day ON day.date = CAST(cost.period || '-01' AS DATE)
WHERE cost.period IS NOT NULL
