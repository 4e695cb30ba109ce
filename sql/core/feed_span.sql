-- Weeks and months for all of whose days a provider's feed was received and is in force. A ledger is whole where each of
-- its systems came (one that stopped is waited for for three months), and where it sends the year so far, the month before
-- too: without it the month holds more than was spent in it.
WITH sent AS (
    SELECT DISTINCT version.feed, one.provider_code, version.part, one.batch_month, version.is_year_to_date
    FROM staging.month_in_force AS one
    JOIN staging.version AS version USING (batch_id)
),
ledger AS (SELECT provider_code, part, batch_month, is_year_to_date FROM sent WHERE feed = 'ledger'),
awaited AS (
    SELECT DISTINCT system.provider_code, system.part, ledger.batch_month
    FROM (
        SELECT provider_code, part, min(batch_month) AS first_month, max(batch_month) + 3 AS last_month
        FROM ledger
        GROUP BY provider_code, part
    ) AS system
    JOIN ledger ON ledger.provider_code = system.provider_code
     AND ledger.batch_month BETWEEN system.first_month AND system.last_month
),
lacking AS (
    SELECT provider_code, batch_month FROM awaited ANTI JOIN ledger USING (provider_code, part, batch_month)
    UNION
    SELECT provider_code, batch_month
    FROM ledger
    WHERE is_year_to_date
    QUALIFY (batch_month - 3) % 12 <> 0
        AND lag(batch_month) OVER (PARTITION BY provider_code, part ORDER BY batch_month) IS DISTINCT FROM batch_month - 1
),
received AS (
    SELECT DISTINCT sent.feed, sent.provider_code, month.period
    FROM sent
    JOIN staging.month AS month ON month.month_number = sent.batch_month
    ANTI JOIN lacking
        ON sent.feed = 'ledger' AND lacking.provider_code = sent.provider_code AND lacking.batch_month = sent.batch_month
)
SELECT first.feed, first.provider_code, span.grain, span.starts_on
FROM core.span AS span
JOIN received AS first ON first.period = span.first_period
JOIN received AS last ON last.period = span.last_period AND last.feed = first.feed AND last.provider_code = first.provider_code
