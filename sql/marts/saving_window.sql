-- Both windows of every saving case, and how many of the months they touch were not received as a whole: the ledger, and
-- the activity where any is counted.
WITH one AS (
    SELECT *, coalesce(volume_measure, activity_measure, balancing_measure) IS NOT NULL AS is_counted FROM core.saving_case
),
side AS (
    SELECT case_id, provider_code, is_counted, 'before' AS side, baseline_from AS first_day, baseline_to AS last_day FROM one
    UNION ALL
    SELECT case_id, provider_code, is_counted, 'after' AS side, after_from AS first_day, after_to AS last_day FROM one
),
touched AS (
    SELECT *, unnest(generate_series(date_trunc('month', first_day), last_day, INTERVAL 1 MONTH))::DATE AS starts_on
    FROM side
)
SELECT touched.case_id, touched.provider_code, touched.side, touched.first_day, touched.last_day,
       count_if(ledger.feed IS NULL OR touched.is_counted AND activity.feed IS NULL) AS months_missing
FROM touched
LEFT JOIN core.feed_span AS ledger
       ON ledger.feed = 'ledger' AND ledger.provider_code = touched.provider_code
      AND ledger.grain = 'month' AND ledger.starts_on = touched.starts_on
LEFT JOIN core.feed_span AS activity
       ON activity.feed = 'activity' AND activity.provider_code = touched.provider_code
      AND activity.grain = 'month' AND activity.starts_on = touched.starts_on
GROUP BY touched.case_id, touched.provider_code, touched.side, touched.first_day, touched.last_day
