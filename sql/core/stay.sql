-- Inpatient stays with the journey they belong to and whether another stay followed. Nothing of it is published but counts.
-- A journey goes on where an earlier stay of the same patient ended as TRANSFER on the day or the day before. Stays of a
-- patient may overlap (a day case within a long stay), so neither is asked of the neighbour alone; one that goes on is of the
-- journey that began last.
-- A patient is a keyed hash; without one a stay is a journey of its own and no index of a readmission.
WITH stay AS (
    SELECT fact.provider_code, fact.team_code, fact.start_at, fact.end_at, fact.quantity, fact.batch_id, fact.row_number,
           sent.patient_ref, sent.discharge_code
    FROM vm.fact_activity AS fact
    JOIN core.activity_batch AS batch USING (batch_id)
    JOIN staging.activity AS sent
      ON sent.content_id = batch.content_id AND sent.batch_month = batch.batch_month AND sent.row_number = fact.row_number
    WHERE fact.measure_code = 'inpatient_stay' AND sent.measure_code = 'inpatient_stay'
),
known AS (
    SELECT *,
           row_number() OVER (PARTITION BY provider_code, patient_ref ORDER BY start_at, end_at, batch_id, row_number) AS place,
           min(start_at) OVER (
               PARTITION BY provider_code, patient_ref ORDER BY start_at
               RANGE BETWEEN coalesce(end_at, start_at) - start_at FOLLOWING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW
           ) AS started_after
    FROM stay
    WHERE patient_ref IS NOT NULL
),
moved AS (
    SELECT DISTINCT later.provider_code, later.patient_ref, later.place
    FROM known AS later
    JOIN known AS earlier USING (provider_code, patient_ref)
    WHERE earlier.discharge_code = 'TRANSFER' AND earlier.place < later.place
      AND later.start_at::DATE - earlier.end_at::DATE BETWEEN 0 AND 1
),
placed AS (
    SELECT known.*, moved.place IS NULL AS begins
    FROM known
    LEFT JOIN moved USING (provider_code, patient_ref, place)
)
SELECT provider_code, team_code, start_at, end_at, quantity, patient_ref,
       sum(begins::INTEGER) OVER (PARTITION BY provider_code, patient_ref ORDER BY place) AS journey,
       end_at IS NOT NULL AND coalesce(discharge_code, '') NOT IN ('TRANSFER', 'DEATH', 'DIED') AS is_index,
       coalesce(started_after::DATE - end_at::DATE <= 28, false) AS is_readmitted
FROM placed
UNION ALL
SELECT provider_code, team_code, start_at, end_at, quantity, NULL, NULL, false, false
FROM stay
WHERE patient_ref IS NULL
