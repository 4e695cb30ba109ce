-- Every generic indicator of all providers together: sums of numerators over sums of denominators, never a mean of ratios.
SELECT one.indicator_code, grain, starts_on,
       sum(numerator) FILTER (is_known) AS numerator, sum(denominator) FILTER (is_known) AS denominator,
       bool_or(is_known) AS is_known, NOT bool_and(is_known) AS lacks_part, bool_or(lacks_ledger) AS lacks_ledger,
       bool_or(lacks_activity) AS lacks_activity, '*' AS provider_code
FROM (
    SELECT member.*, member.numerator IS NOT NULL AND (member.denominator IS NOT NULL OR declared.denominator IS NULL) AS is_known
    FROM core.indicator_member AS member
    JOIN core.indicator AS declared USING (indicator_code)
) AS one
GROUP BY one.indicator_code, grain, starts_on
