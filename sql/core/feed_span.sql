-- Weeks and months for all of whose days a provider's feed was received and is in force.
WITH received AS (
    SELECT DISTINCT version.feed, one.provider_code, month.period
    FROM staging.month_in_force AS one
    JOIN staging.version AS version USING (batch_id)
    JOIN staging.month AS month ON month.month_number = one.batch_month
)
SELECT first.feed, first.provider_code, span.grain, span.starts_on
FROM core.span AS span
JOIN received AS first ON first.period = span.first_period
JOIN received AS last ON last.period = span.last_period AND last.feed = first.feed AND last.provider_code = first.provider_code
