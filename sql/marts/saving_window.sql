-- Both windows of every saving case, and how many of the months they touch have no ledger in force.
WITH side AS (
    SELECT case_id, provider_code, 'before' AS side, baseline_from AS first_day, baseline_to AS last_day FROM core.saving_case
    UNION ALL
    SELECT case_id, provider_code, 'after' AS side, after_from AS first_day, after_to AS last_day FROM core.saving_case
),
touched AS (
    SELECT *, strftime(unnest(generate_series(date_trunc('month', first_day), last_day, INTERVAL 1 MONTH)), '%Y-%m') AS period
    FROM side
),
with_ledger AS (
    SELECT provider_code, split_part(period, '_', 1) AS first_period, split_part(period, '_', -1) AS last_period
    FROM vm.batch
    WHERE feed = 'ledger' AND is_in_force
)
SELECT case_id, provider_code, side, first_day, last_day,
       count_if(NOT EXISTS (
           FROM with_ledger
           WHERE with_ledger.provider_code = touched.provider_code
             AND touched.period BETWEEN with_ledger.first_period AND with_ledger.last_period
       )) AS months_missing
FROM touched
GROUP BY case_id, provider_code, side, first_day, last_day
