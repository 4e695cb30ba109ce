-- Weeks and months in which an indicator of a provider is not to be relied on yet: they, and the time it lags behind, were
-- not over when a system of a feed that it is made of last sent. What other feeds brought since says nothing of them: a month
-- of which activity came on the 12th has no patients afterwards. `*`: of any provider.
-- A wave of a survey is whole when it comes; a reference file has no days.
WITH late AS (
    SELECT DISTINCT one.indicator_code, received.provider_code, received.grain, received.starts_on
    FROM core.feed_span AS received
    JOIN core.heard AS heard USING (feed, provider_code)
    JOIN core.span AS span USING (grain, starts_on)
    JOIN core.indicator AS one ON contains(one.waits_for, received.feed)
    WHERE received.feed IN ('activity', 'ledger')
      AND span.starts_on <= heard.last_day  -- a system that stopped says nothing of what came after
      AND CASE span.grain
              WHEN 'week' THEN span.ends_on + 7 * one.lag_weeks
              WHEN 'month' THEN last_day(span.starts_on + to_months(one.lag_months))
          END >= heard.known_day
)
SELECT * FROM late
UNION ALL
SELECT DISTINCT indicator_code, '*', grain, starts_on FROM late
