-- Ledger cost of a batch added up as far as weeks need it apart: dated cost by the week of its posting date, spread cost
-- by month. A team, month and week may stand in more than one batch.
SELECT cost.batch_id, cost.provider_code, cost.team_code, cost.cost_category, cost.is_direct, account.cost_timing, cost.period,
       cost.ledger_period BETWEEN 1 AND 12 AS is_in_year,
       CASE WHEN account.cost_timing = 'dated' THEN cost.week_start END AS week_start,
       sum(cost.amount_gbp)::DECIMAL(38,2) AS amount_gbp, sum(abs(cost.amount_gbp))::DECIMAL(38,2) AS size_gbp
FROM vm.fact_cost AS cost
JOIN vm.dim_account AS account USING (account_code)
WHERE cost.period IS NOT NULL
GROUP BY ALL
