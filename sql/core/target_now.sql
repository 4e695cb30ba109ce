-- The newest target of a team that has begun by the day of the last receipt: next year's, written down already, makes no
-- line of this year.
SELECT target.*
FROM core.target AS target
CROSS JOIN core.known AS known
WHERE coalesce(target.valid_from, DATE '1900-01-01') <= known.known_day
QUALIFY row_number() OVER (PARTITION BY target.indicator_code, target.provider_code, target.team_code
                           ORDER BY coalesce(target.valid_from, DATE '1900-01-01') DESC) = 1
