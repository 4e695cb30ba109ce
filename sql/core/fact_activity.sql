-- Live activity records: those that no later transaction replaces, and that are no deletion.
WITH live AS (
    SELECT activity.*, batch.provider_code, batch.batch_id
    FROM staging.activity AS activity
    JOIN staging.month_in_force AS batch USING (content_id, batch_month)
    ANTI JOIN core.activity_replaced AS replaced USING (batch_id, row_number)
    WHERE activity.transaction_type <> 'D'
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
