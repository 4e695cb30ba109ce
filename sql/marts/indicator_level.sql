-- Every generic indicator at every level: sums of numerators over sums of denominators, never a mean of ratios.
-- `lacks_part`: some of its teams have nothing for the period that others have. Distinct counts are not added up but
-- taken from those counted at the level.
WITH member AS (
    SELECT one.*, one.numerator IS NOT NULL AND (one.denominator IS NOT NULL OR declared.denominator IS NULL) AS is_known,
           declared.levels, declared.kind
    FROM core.indicator_member AS one
    JOIN core.indicator AS declared USING (indicator_code)
),
added AS (
    SELECT indicator_code, kind, levels,
           CASE GROUPING(service) WHEN 0 THEN 'service' ELSE 'provider' END AS level,
           provider_code, CASE WHEN GROUPING(service) = 0 THEN service ELSE '*' END AS service,
           '*' AS team_code, grain, starts_on,
           sum(numerator) FILTER (is_known) AS numerator, sum(denominator) FILTER (is_known) AS denominator,
           bool_or(is_known) AS is_known, NOT bool_and(is_known) AS lacks_part, bool_or(lacks_ledger) AS lacks_ledger,
           bool_or(lacks_activity) AS lacks_activity
    FROM member
    GROUP BY GROUPING SETS ((indicator_code, kind, levels, grain, starts_on, provider_code, service),
                            (indicator_code, kind, levels, grain, starts_on, provider_code))
    HAVING GROUPING(service) <> 0 OR service IS NOT NULL
),
every AS (
    SELECT * FROM added
    UNION ALL
    SELECT indicator_code, declared.kind, declared.levels, 'all', one.provider_code, '*', '*', one.grain, one.starts_on,
           one.numerator, one.denominator, one.is_known, one.lacks_part, one.lacks_ledger, one.lacks_activity
    FROM core.indicator_of_all AS one
    JOIN core.indicator AS declared USING (indicator_code)
    UNION ALL
    SELECT indicator_code, kind, levels, 'team', provider_code, '*', team_code, grain, starts_on,
           CASE WHEN is_known THEN numerator END, CASE WHEN is_known THEN denominator END, is_known, NOT is_known, lacks_ledger,
           lacks_activity
    FROM member
)
SELECT every.* EXCLUDE (kind, levels) REPLACE (CASE WHEN is_known THEN coalesce(counted.patients, numerator) END AS numerator)
FROM every
LEFT JOIN (SELECT 'distinct' AS kind, * FROM core.patient_count) AS counted
    USING (kind, level, provider_code, service, team_code, grain, starts_on)
WHERE contains(levels, level)
