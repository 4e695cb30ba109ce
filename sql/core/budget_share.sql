-- Budgets shared to teams as costs are on the last day of their month. `amount_gbp` is not whole pence.
WITH one AS (
    SELECT budget.provider_code, budget.cost_centre_code, month.period, month.financial_year,
           sum(budget.amount) AS amount, sum(try_cast(budget.wte AS DECIMAL(9,2))) AS wte
    FROM staging.budget AS budget
    JOIN staging.ledger_month AS month ON month.year = budget.financial_year AND month.ledger_period = budget.ledger_period
    WHERE month.period IS NOT NULL
    GROUP BY ALL
)
SELECT one.provider_code, one.cost_centre_code, one.period, one.financial_year, coalesce(share.team_code, 'UNALLOCATED') AS team_code,
       (one.amount::DOUBLE * coalesce(share.units, 1) / coalesce(share.total, 1))::DECIMAL(38,9) AS amount_gbp,
       (one.wte::DOUBLE * coalesce(share.units, 1) / coalesce(share.total, 1))::DECIMAL(38,9) AS wte
FROM one
LEFT JOIN core.cost_centre_share AS share
       ON share.provider_code = one.provider_code AND share.cost_centre_code = one.cost_centre_code
      AND last_day((one.period || '-01')::DATE) BETWEEN share.first_day AND share.last_day
