-- Months of year-to-date ledgers that another month of their year was sent before: the batch, and what it follows.
WITH month_sent AS (
    SELECT month.content_id, month.batch_id, month.batch_month, version.provider_code, version.part,
           (month.batch_month - 3) // 12 AS year
    FROM staging.month_in_force AS month
    JOIN staging.version AS version USING (batch_id)
    WHERE version.is_year_to_date
)
SELECT provider_code, batch_id, content_id, batch_month,
       lag(content_id) OVER in_year AS content_before, lag(batch_month) OVER in_year AS month_before
FROM month_sent
WINDOW in_year AS (PARTITION BY provider_code, part, year ORDER BY batch_month)
QUALIFY content_before IS NOT NULL
