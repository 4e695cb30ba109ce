-- Every generic indicator of services, providers and all: sums of numerators over sums of denominators, never a mean of
-- ratios. `lacks_part`: some of its teams have nothing for the period that others have. Distinct counts are not added up
-- but taken from those counted at the level.
WITH by_service AS (  -- a team that is in no service counts in its provider
    SELECT indicator_code, provider_code, service, grain, starts_on,
           sum(numerator) FILTER (is_known) AS numerator, sum(denominator) FILTER (is_known) AS denominator,
           bool_or(is_known) AS is_known, NOT bool_and(is_known) AS lacks_part, bool_or(lacks_ledger) AS lacks_ledger,
           bool_or(lacks_activity) AS lacks_activity
    FROM core.indicator_member
    GROUP BY indicator_code, provider_code, service, grain, starts_on
),
every AS (
    SELECT 'service' AS level, * FROM by_service WHERE service IS NOT NULL
    UNION ALL BY NAME
    SELECT 'provider' AS level, indicator_code, provider_code, '*' AS service, grain, starts_on,
           sum(numerator) AS numerator, sum(denominator) AS denominator, bool_or(is_known) AS is_known,
           bool_or(lacks_part) AS lacks_part, bool_or(lacks_ledger) AS lacks_ledger, bool_or(lacks_activity) AS lacks_activity
    FROM by_service
    GROUP BY indicator_code, provider_code, grain, starts_on
    UNION ALL BY NAME
    SELECT 'all' AS level, '*' AS service, * FROM core.indicator_of_all
)
SELECT every.indicator_code, every.level, every.provider_code, every.service, '*' AS team_code, every.grain, every.starts_on,
       CASE WHEN every.is_known THEN CASE declared.kind WHEN 'distinct' THEN coalesce(counted.patients, 0) ELSE every.numerator END
       END::DECIMAL(38,9) AS numerator,
       every.denominator::DECIMAL(38,9) AS denominator, every.is_known, every.lacks_part, every.lacks_ledger, every.lacks_activity
FROM every
JOIN core.indicator AS declared USING (indicator_code)
LEFT JOIN (SELECT 'distinct' AS kind, * FROM core.patient_count WHERE team_code = '*') AS counted
       ON counted.kind = declared.kind AND counted.level = every.level AND counted.provider_code = every.provider_code
      AND counted.service = every.service AND counted.grain = every.grain AND counted.starts_on = every.starts_on
WHERE contains(declared.levels, every.level)
