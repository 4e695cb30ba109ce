-- Both windows of every saving case, and how many of the months they touch have no ledger in force.
WITH side AS (
    SELECT case_id, provider_code, 'before' AS side, baseline_from AS first_day, baseline_to AS last_day FROM core.saving_case
    UNION ALL
    SELECT case_id, provider_code, 'after' AS side, after_from AS first_day, after_to AS last_day FROM core.saving_case
),
numbered AS (
    SELECT *, year(first_day) * 12 + month(first_day) - 1 AS first_month, year(last_day) * 12 + month(last_day) - 1 AS last_month
    FROM side
),
with_ledger AS (
    SELECT DISTINCT month.provider_code, month.batch_month
    FROM staging.month_in_force AS month
    JOIN staging.version AS version USING (batch_id)
    WHERE version.feed = 'ledger'
)
SELECT numbered.case_id, numbered.provider_code, numbered.side, numbered.first_day, numbered.last_day,
       numbered.last_month - numbered.first_month + 1 - count(with_ledger.batch_month) AS months_missing
FROM numbered
LEFT JOIN with_ledger
       ON with_ledger.provider_code = numbered.provider_code
      AND with_ledger.batch_month BETWEEN numbered.first_month AND numbered.last_month
GROUP BY numbered.case_id, numbered.provider_code, numbered.side, numbered.first_day, numbered.last_day,
         numbered.first_month, numbered.last_month
