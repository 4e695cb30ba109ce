-- Journals of a batch in force, known by a hash: some twenty lines each, so what stands in two batches is found among few.
WITH batch AS (  -- by number: texts take longer to tell apart
    SELECT *, dense_rank() OVER (ORDER BY batch_id) AS number FROM staging.month_in_force
),
sent AS (
    SELECT DISTINCT batch.number, hash(batch.provider_code, ledger.journal_id) AS journal
    FROM staging.ledger AS ledger
    JOIN batch USING (content_id, batch_month)
)
SELECT batch.batch_id, batch.provider_code, sent.journal
FROM sent
JOIN (SELECT DISTINCT number, batch_id, provider_code FROM batch) AS batch USING (number)
