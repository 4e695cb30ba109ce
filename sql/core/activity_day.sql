-- Activity of a batch added up by day of start: every ingredient made of activity stands on this. A day may stand in more
-- than one batch.
SELECT batch_id, provider_code, team_code, measure_code, outcome_code, start_at::DATE AS day,
       sum(quantity)::DECIMAL(38,3) AS quantity, count(*) AS records
FROM vm.fact_activity
GROUP BY ALL
