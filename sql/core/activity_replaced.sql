-- Activity records that do not count: per record the last transaction of the versions in force does, and replaces those
-- before it. Last is the later batch period, then the later row; when a batch arrived does not matter.
-- Only records whose hash is there twice are compared.
WITH batch AS (
    SELECT DISTINCT batch_id, batch_order FROM core.activity_batch
),
twice AS (
    SELECT mark FROM core.record_sent GROUP BY mark HAVING count(*) > 1
),
sent AS (
    SELECT record.provider_code, record.batch_id, record.row_number, record.record_id,
           batch.batch_order * 4294967296 + record.row_number AS place
    FROM core.record_sent AS record
    SEMI JOIN twice USING (mark)
    JOIN batch USING (batch_id)
)
SELECT provider_code, batch_id, row_number
FROM sent
QUALIFY place < max(place) OVER (PARTITION BY provider_code, record_id)
