-- Ledger lines in force whose key a line of an earlier batch in force has too, added up by batch: rows and pounds that may
-- count twice. Earlier is the batch of the earlier months. Lines are marked by a hash of the key: ten million numbers are
-- grouped in a fraction of the time and memory of ten million texts, and only lines whose mark comes again are compared.
WITH batch AS (
    SELECT content_id, batch_id, provider_code, batch_month, min(batch_month) OVER (PARTITION BY batch_id) AS first_month
    FROM staging.month_in_force
),
line AS (
    SELECT batch.provider_code, batch.batch_id, (batch.first_month, batch.batch_id) AS place,
           ledger.journal_id, ledger.line_no, ledger.amount,
           hash(batch.provider_code, ledger.journal_id, ledger.line_no) AS mark
    FROM staging.ledger AS ledger
    JOIN batch USING (content_id, batch_month)
),
suspect AS (
    SELECT mark FROM line GROUP BY mark HAVING min(batch_id) < max(batch_id)
),
marked AS (
    SELECT provider_code, batch_id, amount, place > min(place) OVER (PARTITION BY provider_code, journal_id, line_no) AS again
    FROM line
    SEMI JOIN suspect USING (mark)
)
SELECT provider_code, batch_id, count(*) AS rows, sum(amount)::DECIMAL(38,2) AS amount_gbp
FROM marked
WHERE again
GROUP BY ALL
