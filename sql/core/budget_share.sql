-- Budgets shared to teams as costs are on the last day of their month: in whole pence that add up to the budget, and
-- whole-time equivalents unrounded. A budget of capital is left out, as its cost is.
WITH one AS (
    SELECT budget.provider_code, budget.cost_centre_code, month.period, month.financial_year,
           (sum(budget.amount) FILTER (account.cost_category IS DISTINCT FROM 'capital')::DECIMAL(36,2) * 100)::HUGEINT AS pence,
           sum(budget.wte) FILTER (budget.ledger_period <= 12) AS wte  -- people are not added up over periods, as pounds are
    FROM staging.budget AS budget
    JOIN staging.ledger_month AS month ON month.year = budget.financial_year AND month.ledger_period = budget.ledger_period
    LEFT JOIN staging.account_map AS account ON account.account_code = budget.account_code
    WHERE month.period IS NOT NULL
    GROUP BY ALL
),
carried AS (
    SELECT one.*, coalesce(share.team_code, 'UNALLOCATED') AS team_code, coalesce(share.units, 1) AS units,
           coalesce(share.total, 1) AS total
    FROM one
    LEFT JOIN core.cost_centre_share AS share
           ON share.provider_code = one.provider_code AND share.cost_centre_code = one.cost_centre_code
          AND last_day((one.period || '-01')::DATE) BETWEEN share.first_day AND share.last_day
),
cut AS (
    SELECT *, abs(pence) * units // total AS whole, abs(pence) * units % total AS remainder FROM carried
),
dealt AS (
    SELECT *, sign(pence) * (whole + (row_number() OVER largest_first <= abs(pence) - sum(whole) OVER of_line)::INTEGER) AS shared
    FROM cut
    WINDOW of_line AS (PARTITION BY provider_code, cost_centre_code, period),
           largest_first AS (PARTITION BY provider_code, cost_centre_code, period ORDER BY remainder DESC, team_code)
)
SELECT provider_code, cost_centre_code, period, financial_year, team_code, (shared::DECIMAL(36,0) * 0.01)::DECIMAL(38,2) AS amount_gbp,
       (wte::DOUBLE * units / total)::DECIMAL(38,9) AS wte
FROM dealt
