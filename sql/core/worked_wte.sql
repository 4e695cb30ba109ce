-- Hours worked a day, as weeks of a full-time employee of that time.
SELECT provider_code, team_code, day, (quantity / full_time.hours)::DECIMAL(38,9) AS full_time_weeks
FROM (
    SELECT provider_code, team_code, day, outcome_code, sum(quantity)::DECIMAL(38,3) AS quantity
    FROM core.activity_day
    WHERE measure_code = 'worked_hours'
    GROUP BY ALL
)
ASOF JOIN (SELECT valid_from, hours FROM staging.full_time_week) AS full_time ON day >= full_time.valid_from
