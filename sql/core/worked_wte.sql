-- Hours worked a day, as weeks of a full-time employee of that time.
SELECT provider_code, team_code, day, (quantity / full_time.hours)::DECIMAL(38,9) AS full_time_weeks
FROM core.activity_day
ASOF JOIN (SELECT valid_from, hours FROM staging.full_time_week) AS full_time ON day >= full_time.valid_from
WHERE measure_code = 'worked_hours'
