-- Activity transactions of a batch in force, and the record each speaks of, known by a hash, too.
SELECT batch.batch_id, batch.provider_code, activity.row_number, activity.record_id,
       hash(batch.provider_code, activity.record_id) AS mark
FROM staging.activity AS activity
JOIN staging.month_in_force AS batch USING (content_id, batch_month)
