-- Weeks and months in which an indicator is not to be relied on yet: on the day of the last receipt in force they, and
-- the time it lags behind, were not over.
SELECT one.indicator_code, span.grain, span.starts_on
FROM core.span AS span
CROSS JOIN core.indicator AS one
CROSS JOIN core.known AS known
WHERE CASE span.grain
          WHEN 'week' THEN span.ends_on + 7 * one.lag_weeks
          WHEN 'month' THEN last_day(span.starts_on + to_months(one.lag_months))
      END >= known.known_day
