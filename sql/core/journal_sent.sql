-- Journals of a batch in force, known by a hash: some twenty lines each, so what stands in two batches is found among few.
SELECT DISTINCT batch.batch_id, batch.provider_code, hash(batch.provider_code, ledger.journal_id) AS journal
FROM staging.ledger AS ledger
JOIN staging.month_in_force AS batch USING (content_id, batch_month)
