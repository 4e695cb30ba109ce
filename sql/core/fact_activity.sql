-- Live activity records: per record the last transaction of the versions in force counts, and a deletion removes it.
-- Last is the later batch period, then the later row; when a batch arrived does not matter.
WITH sent AS (
    SELECT activity.*, batch.provider_code, batch.batch_id,
           batch.batch_order * 4294967296 + activity.row_number AS place
    FROM staging.activity AS activity
    JOIN core.activity_batch AS batch USING (content_id, batch_month)
),
last AS (
    SELECT provider_code, record_id, max(place) AS place
    FROM sent
    GROUP BY provider_code, record_id
),
live AS (
    SELECT sent.*
    FROM sent
    SEMI JOIN last USING (provider_code, record_id, place)
    WHERE transaction_type <> 'D'
)
SELECT live.provider_code, coalesce(unit.team_code, 'UNALLOCATED') AS team_code, live.unit_code, live.measure_code,
       live.start_at, live.end_at, live.quantity, live.outcome_code, month.period, live.batch_id, live.row_number
FROM live
JOIN staging.month AS month ON month.month_number = live.month_number
LEFT JOIN staging.unit_map AS unit
       ON unit.provider_code = live.provider_code
      AND unit.unit_code = live.unit_code
      AND live.start_at >= coalesce(unit.valid_from, DATE '1900-01-01')
      AND live.start_at < coalesce(unit.valid_to, DATE '2199-12-31') + 1
