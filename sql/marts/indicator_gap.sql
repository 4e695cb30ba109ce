-- Days between falls with harm, the days of all teams of a level in one line. The gap that is still open when the last
-- activity ends is the last row of a line: `is_open`. Where a month between two falls was not received, nobody knows of the
-- falls in it: `lacks_activity`.
WITH event AS (
    SELECT one.provider_code, one.team_code, team.service, one.day
    FROM core.activity_day AS one
    LEFT JOIN core.team_span AS team
           ON team.provider_code = one.provider_code AND team.team_code = one.team_code
          AND team.grain = 'month' AND team.starts_on = date_trunc('month', one.day)::DATE
    WHERE one.measure_code = 'fall' AND one.outcome_code = 'harm' AND one.quantity > 0
),
line AS (
    SELECT CASE GROUPING(provider_code, service, team_code) WHEN 2 THEN 'team' WHEN 1 THEN 'service' WHEN 3 THEN 'provider' ELSE 'all' END AS level,
           coalesce(provider_code, '*') AS provider_code, CASE WHEN GROUPING(service) = 0 THEN service ELSE '*' END AS service,
           coalesce(team_code, '*') AS team_code, day, false AS is_open
    FROM event
    GROUP BY GROUPING SETS ((day, provider_code, team_code), (day, provider_code, service), (day, provider_code), (day))
    HAVING GROUPING(provider_code, service, team_code) <> 1 OR service IS NOT NULL
),
received AS (
    SELECT provider_code, least(max(span.ends_on), max(heard.known_day)) AS day
    FROM core.feed_span
    JOIN core.span AS span USING (grain, starts_on)
    JOIN core.heard AS heard USING (feed, provider_code)
    WHERE feed = 'activity' AND grain = 'month'
    GROUP BY provider_code
),
ending AS (
    SELECT * FROM received
    UNION ALL
    SELECT '*', max(day) FROM received
),
lines AS (
    SELECT * FROM line
    UNION ALL
    SELECT line.level, line.provider_code, line.service, line.team_code, any_value(ending.day), true
    FROM line
    JOIN ending USING (provider_code)
    GROUP BY line.level, line.provider_code, line.service, line.team_code
    HAVING any_value(ending.day) > max(line.day)
),
unsent AS (
    SELECT provider.provider_code, span.starts_on
    FROM (
        SELECT provider_code, min(starts_on) AS first_on, max(starts_on) AS last_on
        FROM core.feed_span
        WHERE feed = 'activity' AND grain = 'month'
        GROUP BY provider_code
    ) AS provider
    JOIN core.span AS span ON span.grain = 'month' AND span.starts_on BETWEEN provider.first_on AND provider.last_on
    ANTI JOIN core.feed_span AS sent
        ON sent.feed = 'activity' AND sent.grain = 'month' AND sent.provider_code = provider.provider_code AND sent.starts_on = span.starts_on
),
gap AS (
    SELECT *, day - lag(day) OVER (PARTITION BY level, provider_code, service, team_code ORDER BY day) AS days FROM lines
),
known AS (
    SELECT gap.*, bool_or(unsent.starts_on IS NOT NULL) AS lacks_activity
    FROM gap
    LEFT JOIN unsent
           ON gap.provider_code IN (unsent.provider_code, '*')
          AND unsent.starts_on BETWEEN date_trunc('month', gap.day - gap.days::INTEGER) AND gap.day
    WHERE gap.days IS NOT NULL
    GROUP BY ALL
)
SELECT 'P06' AS indicator_code, level, provider_code, service, team_code, 'event' AS grain, day AS starts_on,
       days::DECIMAL(38,9) AS numerator, 1::DECIMAL(38,9) AS denominator, is_open, day - days::INTEGER AS began_on, lacks_activity
FROM known
UNION ALL
SELECT 'P06', level, provider_code, service, team_code, 'month', date_trunc('month', day)::DATE,
       sum(days)::DECIMAL(38,9), count(*)::DECIMAL(38,9), false, min(day - days::INTEGER), bool_or(lacks_activity)
FROM known
WHERE NOT is_open
GROUP BY ALL
