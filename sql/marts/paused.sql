-- Weeks and months that a pause touches. A pause of all teams of a provider pauses the provider; `*` as provider: all did.
WITH one AS (
    SELECT DISTINCT pause.provider_code, coalesce(pause.team_code, '*') AS of_team, span.grain, span.starts_on
    FROM core.pause AS pause
    JOIN core.span AS span ON span.first_period <= pause.pause_to AND span.last_period >= pause.pause_from
),
providers AS (SELECT count(DISTINCT provider_code) AS providers FROM core.indicator_member)
SELECT * FROM one
UNION ALL
SELECT '*', '*', grain, starts_on
FROM one
CROSS JOIN providers
WHERE of_team = '*'
GROUP BY grain, starts_on, providers
HAVING count(*) >= providers
