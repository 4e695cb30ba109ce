-- Activity, a row a record, on the day it began; a stay may have begun before the calendar does.
SELECT activity.provider_code, CAST(activity.provider_code || '/' || activity.team_code AS VARCHAR) AS team_key, day.date,
       CAST(activity.end_at AS DATE) AS ended_on, activity.unit_code, activity.measure_code, activity.outcome_code,
       activity.quantity, activity.batch_id, activity.row_number
FROM vm.fact_activity AS activity
LEFT JOIN vm.dim_date AS day ON day.date = CAST(activity.start_at AS DATE)
