-- Medians, found again at each level. `denominator` is how many facts there are.
WITH fact AS (
    SELECT 'P02M' AS indicator_code, provider_code, team_code, end_at::DATE AS day, end_at::DATE - start_at::DATE AS measured
    FROM core.stay
    WHERE end_at IS NOT NULL
    UNION ALL
    SELECT 'P10', provider_code, team_code, day, working_days FROM core.referral_decided
),
placed AS (
    SELECT fact.indicator_code, fact.provider_code, fact.team_code, team.service, grain.grain,
           date_trunc(grain.grain, fact.day)::DATE AS starts_on, fact.measured::DOUBLE AS measured
    FROM fact
    CROSS JOIN (VALUES ('week'), ('month')) AS grain (grain)
    LEFT JOIN core.team_span AS team
           ON team.provider_code = fact.provider_code AND team.team_code = fact.team_code
          AND team.grain = grain.grain AND team.starts_on = date_trunc(grain.grain, fact.day)::DATE
),
middle AS (
    SELECT indicator_code,
           CASE GROUPING(provider_code, service, team_code) WHEN 2 THEN 'team' WHEN 1 THEN 'service' WHEN 3 THEN 'provider' ELSE 'all' END AS level,
           coalesce(provider_code, '*') AS provider_code, CASE WHEN GROUPING(service) = 0 THEN service ELSE '*' END AS service,
           coalesce(team_code, '*') AS team_code, grain, starts_on,
           count(*)::DECIMAL(38,9) AS denominator, quantile_cont(measured, 0.5) AS value
    FROM placed
    GROUP BY GROUPING SETS ((indicator_code, grain, starts_on, provider_code, team_code), (indicator_code, grain, starts_on, provider_code, service),
                            (indicator_code, grain, starts_on, provider_code), (indicator_code, grain, starts_on))
    HAVING GROUPING(provider_code, service, team_code) <> 1 OR service IS NOT NULL
),
extent AS (
    SELECT indicator_code, level, provider_code, service, team_code, grain, min(starts_on) AS first_on, max(starts_on) AS last_on
    FROM middle
    GROUP BY ALL
),
grid AS (
    SELECT extent.* EXCLUDE (first_on, last_on), span.starts_on
    FROM extent
    JOIN core.span AS span ON span.grain = extent.grain AND span.starts_on BETWEEN extent.first_on AND extent.last_on
),
received AS (
    SELECT provider_code, grain, starts_on FROM core.feed_span WHERE feed = 'activity'
    UNION ALL
    SELECT '*', grain, starts_on
    FROM core.feed_span
    WHERE feed = 'activity'
    GROUP BY grain, starts_on
    HAVING count(*) = (SELECT count(DISTINCT provider_code) FROM core.feed_span WHERE feed = 'activity')
)
SELECT grid.*, middle.denominator, middle.value, received.grain IS NULL AS lacks_activity
FROM grid
LEFT JOIN middle USING (indicator_code, level, provider_code, service, team_code, grain, starts_on)
LEFT JOIN received USING (provider_code, grain, starts_on)
