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
),
whole AS (  -- every system sent after the month had ended
    SELECT received.feed, received.provider_code, received.starts_on
    FROM core.feed_span AS received
    ANTI JOIN core.heard AS heard
        ON heard.feed = received.feed AND heard.provider_code = received.provider_code
       AND received.starts_on <= heard.last_day AND last_day(received.starts_on) >= heard.known_day
    WHERE received.grain = 'month'
)
SELECT touched.case_id, touched.provider_code, touched.side, touched.first_day, touched.last_day,
       count_if(ledger.feed IS NULL OR touched.is_counted AND activity.feed IS NULL) AS months_missing
FROM touched
LEFT JOIN whole AS ledger
       ON ledger.feed = 'ledger' AND ledger.provider_code = touched.provider_code AND ledger.starts_on = touched.starts_on
LEFT JOIN whole AS activity
       ON activity.feed = 'activity' AND activity.provider_code = touched.provider_code AND activity.starts_on = touched.starts_on
GROUP BY touched.case_id, touched.provider_code, touched.side, touched.first_day, touched.last_day
