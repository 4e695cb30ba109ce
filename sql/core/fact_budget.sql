-- Budgets shared to teams as costs are on the last day of their month: each row in whole pence that add up to it, and
-- whole-time equivalents unrounded.
WITH line AS (
    SELECT budget.batch_id, budget.row_number, budget.provider_code, budget.cost_centre_code, budget.account_code,
           coalesce(account.cost_category, 'other') AS cost_category, month.period, month.financial_year, budget.ledger_period,
           (budget.amount::DECIMAL(36,2) * 100)::HUGEINT AS pence, budget.wte
    FROM staging.budget AS budget
    JOIN staging.ledger_month AS month ON month.year = budget.financial_year AND month.ledger_period = budget.ledger_period
    LEFT JOIN staging.account_map AS account ON account.account_code = budget.account_code
    WHERE month.period IS NOT NULL
),
carried AS (
    SELECT line.*, coalesce(share.team_code, 'UNALLOCATED') AS team_code, coalesce(share.units, 1) AS units,
           coalesce(share.total, 1) AS total
    FROM line
    LEFT JOIN core.cost_centre_share AS share
           ON share.provider_code = line.provider_code AND share.cost_centre_code = line.cost_centre_code
          AND last_day((line.period || '-01')::DATE) BETWEEN share.first_day AND share.last_day
),
cut AS (
    SELECT *, abs(pence) * units // total AS whole, abs(pence) * units % total AS remainder FROM carried
),
dealt AS (
    SELECT *, sign(pence) * (whole + (row_number() OVER largest_first <= abs(pence) - sum(whole) OVER of_line)::INTEGER) AS shared
    FROM cut
    WINDOW of_line AS (PARTITION BY batch_id, row_number),
           largest_first AS (PARTITION BY batch_id, row_number ORDER BY remainder DESC, team_code)
)
SELECT provider_code, team_code, cost_centre_code, account_code, cost_category, period, financial_year, ledger_period,
       (shared::DECIMAL(36,0) * 0.01)::DECIMAL(18,2) AS amount_gbp, (wte::DOUBLE * units / total)::DECIMAL(38,9) AS wte,
       batch_id, row_number
FROM dealt
