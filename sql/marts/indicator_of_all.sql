-- Every generic indicator of all providers together: sums of numerators over sums of denominators, never a mean of ratios.
SELECT indicator_code, grain, starts_on,
       sum(numerator) FILTER (is_known)::DECIMAL(38,9) AS numerator, sum(denominator) FILTER (is_known)::DECIMAL(38,9) AS denominator,
       bool_or(is_known) AS is_known, NOT bool_and(is_known) AS lacks_part, bool_or(lacks_ledger) AS lacks_ledger,
       bool_or(lacks_activity) AS lacks_activity, '*' AS provider_code
FROM core.indicator_member
GROUP BY indicator_code, grain, starts_on
