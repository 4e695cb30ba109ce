-- Baseline against actual of every declared saving, its parts, and the harm that must not rise.
-- Efficiency is what price and activity leave, so that the three are the saving to the penny.
-- Where a part is £100,000,000,000,000 or more, as activity of 1 beside 5,000,000 makes it, none is told.
WITH beyond AS (
    SELECT DISTINCT case_id FROM core.saving_part WHERE abs(amount_gbp) >= 100000000000000
),
part AS (
    SELECT case_id,
           max(amount_gbp) FILTER (part = 'baseline') AS scaled,
           max(amount_gbp) FILTER (part = 'price') AS price,
           max(amount_gbp) FILTER (part = 'activity') AS activity,
           max(amount_gbp) FILTER (part = 'gross') AS gross,
           max(amount_gbp) FILTER (part = 'moved') AS moved
    FROM core.saving_part
    ANTI JOIN beyond USING (case_id)
    GROUP BY case_id
),
compared AS (
    SELECT one.* REPLACE (one.fits AND beyond.case_id IS NULL AS fits), part.price, part.activity,
           CASE WHEN method = 'window' THEN 0.01 * pence_before::DECIMAL(38,0) END AS baseline_cost,
           CASE WHEN method = 'window' THEN part.scaled ELSE part.gross END AS baseline,
           CASE WHEN method = 'window' THEN 0.01 * pence_after::DECIMAL(38,0) ELSE part.moved + one_off_gbp END AS actual,
           CASE WHEN method = 'window' THEN 0 ELSE part.moved END AS moved
    FROM core.saving_measure AS one
    LEFT JOIN part USING (case_id)
    LEFT JOIN beyond USING (case_id)
),
saved AS (
    SELECT *, CASE WHEN baseline > 0 OR method = 'pathway' THEN baseline - actual END AS saving
    FROM compared
),
gross AS (
    SELECT * EXCLUDE (price, activity),
           CASE WHEN method = 'window' THEN saving ELSE baseline END AS gross_saving,
           CASE WHEN saving IS NOT NULL THEN price END AS price,
           CASE WHEN saving IS NOT NULL THEN activity END AS activity
    FROM saved
)
SELECT provider_code, case_code, baseline_from, baseline_to, after_from, after_to, case_name, team_code, method, scale_by,
       CASE WHEN is_by_month THEN 'month' ELSE 'day' END AS window_grain, days_before, days_after,
       baseline_cost AS baseline_cost_gbp, baseline AS baseline_gbp, actual AS actual_gbp, saving AS saving_gbp,
       vm.ratio(saving, baseline, 100) AS saving_pct,
       price AS price_gbp, activity AS activity_gbp, saving - price - activity AS efficiency_gbp,
       saving - activity AS price_and_efficiency_gbp,
       gross_saving AS gross_saving_gbp, moved AS moved_cost_gbp, one_off_gbp,
       gross_saving - moved - one_off_gbp AS net_saving_gbp, is_cash_releasing,
       0.001 * volume_before::DECIMAL(38,0) AS volume_before, 0.001 * volume_after::DECIMAL(38,0) AS volume_after,
       0.001 * activity_before::DECIMAL(38,0) AS activity_before, 0.001 * activity_after::DECIMAL(38,0) AS activity_after,
       balancing_measure, balancing_base_measure,
       0.001 * balancing_before::DECIMAL(38,0) AS balancing_before, 0.001 * balancing_after::DECIMAL(38,0) AS balancing_after,
       1000 * balancing_before::DOUBLE / nullif(base_before, 0)::DOUBLE AS balancing_before_per_1000,
       1000 * balancing_after::DOUBLE / nullif(base_after, 0)::DOUBLE AS balancing_after_per_1000,
       CASE WHEN fits AND base_before > 0 AND base_after > 0
            THEN balancing_after * base_before <= balancing_before * base_after END AS balancing_held,
       months_missing, CASE WHEN months_missing = 0 THEN 'final' ELSE 'provisional' END AS status,
       nullif(concat_ws(', ',
           CASE WHEN NOT fits THEN 'too_large' END,
           CASE WHEN method = 'pathway' THEN 'pathway' END,
           CASE WHEN method = 'window' AND fits AND coalesce(baseline, 0) <= 0 THEN 'no_baseline' END,
           CASE WHEN method = 'window' AND (coalesce(activity_before, 0) = 0 OR coalesce(activity_after, 0) = 0)
                THEN 'no_activity' END,
           CASE WHEN coalesce(volume_before, 0) = 0 AND method = 'window' OR coalesce(volume_after, 0) = 0
                THEN 'no_volume' END,
           CASE WHEN fits AND volume_after > 0 AND (coalesce(worth_after, 0) <= 0 OR method = 'pathway' AND moved_worth IS NULL
                OR method = 'window' AND volume_before > 0 AND coalesce(worth_before, 0) <= 0) THEN 'no_price' END
       ), '') AS reason
FROM gross
