-- Months of activity batches in force, and the order in which the batches of a provider count: the later period is later,
-- whenever it arrived.
SELECT month.content_id, month.batch_id, month.provider_code, month.batch_month,
       dense_rank() OVER (
           PARTITION BY month.provider_code
           ORDER BY split_part(version.period, '_', -1), split_part(version.period, '_', 1), month.batch_id
       ) AS batch_order
FROM staging.month_in_force AS month
JOIN staging.version AS version USING (batch_id)
WHERE version.feed = 'activity'
