-- Activity added up by day of start: every ingredient made of activity stands on this.
SELECT provider_code, team_code, measure_code, outcome_code, start_at::DATE AS day,
       sum(quantity)::DECIMAL(38,3) AS quantity, count(*) AS records
FROM vm.fact_activity
GROUP BY ALL
