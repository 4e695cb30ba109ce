-- Activity of a batch counted by unit and day of start; open is a day on which the unit is on no team. A day may stand in
-- more than one batch.
SELECT batch_id, provider_code, unit_code, start_at::DATE AS day, bool_and(team_code = 'UNALLOCATED') AS is_open, count(*) AS rows
FROM vm.fact_activity
GROUP BY ALL
