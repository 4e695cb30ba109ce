-- Working days from the receipt of a referral to its decision, where the record has both.
WITH working AS (
    SELECT date, sum(is_working_day::INTEGER) OVER (ORDER BY date) AS days FROM vm.dim_date
)
SELECT fact.provider_code, fact.team_code, fact.start_at::DATE AS day, decided.days - received.days AS working_days
FROM vm.fact_activity AS fact
JOIN working AS received ON received.date = fact.start_at::DATE
JOIN working AS decided ON decided.date = fact.end_at::DATE
WHERE fact.measure_code = 'referral' AND fact.outcome_code IN ('accepted', 'returned')
