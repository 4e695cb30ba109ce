-- Activity records that do not count: per record the last transaction of the versions in force does, and replaces those
-- before it. Last is the later batch period, then the later row; when a batch arrived does not matter.
-- Only records whose hash is there twice are compared.
WITH sent AS NOT MATERIALIZED (
    SELECT batch.provider_code, batch.batch_id, activity.row_number, activity.record_id,
           batch.batch_order * 4294967296 + activity.row_number AS place,
           hash(batch.provider_code, activity.record_id) AS mark
    FROM staging.activity AS activity
    JOIN core.activity_batch AS batch USING (content_id, batch_month)
),
twice AS (
    SELECT mark FROM sent GROUP BY mark HAVING count(*) > 1
)
SELECT provider_code, batch_id, row_number
FROM sent
SEMI JOIN twice USING (mark)
QUALIFY place < max(place) OVER (PARTITION BY provider_code, record_id)
