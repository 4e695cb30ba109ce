-- Value trajectory: the change of cost per patient, twelve months on the twelve before, and whether quality went with it.
-- A measure of quality counts as moved from 5% on, and from nothing to anything; one that worsened makes it `worse`. Cost is
-- compared where all 24 months are known, a measure of quality where 18 of them are: surveys and samples skip some.
WITH level AS (
    SELECT indicator_code, 'team' AS level, provider_code, '*' AS service, team_code, grain, starts_on, numerator, denominator, is_known
    FROM core.indicator_member
    UNION ALL BY NAME
    SELECT indicator_code, level, provider_code, service, team_code, grain, starts_on, numerator, denominator, is_known
    FROM core.indicator_level
),
month AS (
    SELECT level.*, one.direction, one.is_quality
    FROM level
    JOIN core.indicator AS one USING (indicator_code)
    WHERE grain = 'month' AND is_known AND contains(one.levels, level.level) AND (one.is_quality OR indicator_code = 'F02')
),
year AS (
    SELECT *, sum(numerator) OVER now / nullif(sum(denominator) OVER now, 0)::DOUBLE AS this_year,
           sum(numerator) OVER earlier / nullif(sum(denominator) OVER earlier, 0)::DOUBLE AS last_year,
           is_quality AND direction IN ('higher', 'lower') AS is_judged,
           count(*) OVER both_years AS months
    FROM month
    WINDOW now AS (PARTITION BY indicator_code, level, provider_code, service, team_code ORDER BY starts_on RANGE BETWEEN INTERVAL 11 MONTH PRECEDING AND CURRENT ROW),
           earlier AS (PARTITION BY indicator_code, level, provider_code, service, team_code ORDER BY starts_on RANGE BETWEEN INTERVAL 23 MONTH PRECEDING AND INTERVAL 12 MONTH PRECEDING),
           both_years AS (PARTITION BY indicator_code, level, provider_code, service, team_code ORDER BY starts_on RANGE BETWEEN INTERVAL 23 MONTH PRECEDING AND CURRENT ROW)
),
moved AS (
    SELECT *, CASE WHEN last_year = 0 THEN sign(this_year) ELSE this_year / last_year - 1 END
                  * CASE direction WHEN 'lower' THEN -1 ELSE 1 END AS betterment  -- the first fall after a year of none is worse, too
    FROM year
    WHERE is_judged AND months >= 18
),
quality AS (
    SELECT level, provider_code, service, team_code, starts_on, min(betterment) AS worst, max(betterment) AS best
    FROM moved
    GROUP BY ALL
)
SELECT 'V01' AS indicator_code, cost.level, cost.provider_code, cost.service, cost.team_code, 'month' AS grain, cost.starts_on,
       100 * (cost.this_year / nullif(cost.last_year, 0) - 1) AS value,
       CASE WHEN cost.this_year <= cost.last_year THEN 'cheaper' ELSE 'dearer' END || '_'
           || CASE WHEN quality.worst <= -0.05 THEN 'worse' WHEN quality.best >= 0.05 THEN 'better' ELSE 'same' END AS class
FROM year AS cost
LEFT JOIN quality USING (level, provider_code, service, team_code, starts_on)
WHERE cost.indicator_code = 'F02' AND cost.months = 24 AND cost.last_year > 0
