-- Numerator and denominator of every generic indicator by team and week or month, from the first to the last with data.
-- A team has an indicator once it ever had something of each of its sources: a kitchen has no cost per bed day.
-- What is counted is 0 without a record where its feed was received; other ingredients are then not known (empty).
WITH source AS (
    SELECT DISTINCT part.indicator_code, declared.source
    FROM core.indicator_part AS part
    JOIN core.ingredient_declared AS declared USING (ingredient)
),
asked AS (SELECT indicator_code, count(*) AS sources FROM source GROUP BY ALL),
met AS (
    SELECT DISTINCT provider_code, team_code, declared.source
    FROM core.ingredient
    JOIN core.ingredient_declared AS declared USING (ingredient)
),
has AS (
    SELECT source.indicator_code, met.provider_code, met.team_code
    FROM source
    JOIN met USING (source)
    JOIN asked USING (indicator_code)
    GROUP BY source.indicator_code, met.provider_code, met.team_code, asked.sources
    HAVING count(*) = asked.sources
),
found AS (
    SELECT part.indicator_code, ingredient.provider_code, ingredient.team_code, ingredient.grain, ingredient.starts_on,
           sum(ingredient.amount * part.weight) FILTER (part.side = 'numerator') AS numerator,
           sum(ingredient.amount * part.weight) FILTER (part.side = 'denominator') AS denominator
    FROM core.ingredient AS ingredient
    JOIN core.indicator_part AS part USING (ingredient)
    SEMI JOIN has ON has.indicator_code = part.indicator_code AND has.provider_code = ingredient.provider_code
                 AND has.team_code = ingredient.team_code
    GROUP BY ALL
),
extent AS (
    SELECT indicator_code, provider_code, team_code, grain, min(starts_on) AS first_on, max(starts_on) AS last_on
    FROM found
    GROUP BY ALL
),
grid AS (
    SELECT extent.indicator_code, extent.provider_code, extent.team_code, extent.grain, span.starts_on,
           one.numerator_feed, one.denominator_feed, one.numerator_counted, one.denominator_counted
    FROM extent
    JOIN core.indicator AS one ON one.indicator_code = extent.indicator_code AND contains(one.grains, extent.grain)
    JOIN core.span AS span ON span.grain = extent.grain AND span.starts_on BETWEEN extent.first_on AND extent.last_on
)
SELECT grid.indicator_code, grid.provider_code, grid.team_code, team.service, grid.grain, grid.starts_on,
       coalesce(found.numerator, CASE WHEN grid.numerator_counted AND upper.feed IS NOT NULL THEN 0 END)::DECIMAL(38,9) AS numerator,
       coalesce(found.denominator, CASE WHEN grid.denominator_counted AND lower.feed IS NOT NULL THEN 0 END)::DECIMAL(38,9) AS denominator,
       grid.numerator_feed = 'ledger' AND upper.feed IS NULL AS lacks_ledger,
       'activity' IN (grid.numerator_feed, grid.denominator_feed)
           AND (CASE grid.numerator_feed WHEN 'activity' THEN upper.feed ELSE lower.feed END) IS NULL AS lacks_activity
FROM grid
LEFT JOIN found USING (indicator_code, provider_code, team_code, grain, starts_on)
LEFT JOIN core.feed_span AS upper ON upper.feed = grid.numerator_feed AND upper.provider_code = grid.provider_code
      AND upper.grain = grid.grain AND upper.starts_on = grid.starts_on
LEFT JOIN core.feed_span AS lower ON lower.feed = grid.denominator_feed AND lower.provider_code = grid.provider_code
      AND lower.grain = grid.grain AND lower.starts_on = grid.starts_on
LEFT JOIN core.team_span AS team ON team.provider_code = grid.provider_code AND team.team_code = grid.team_code
      AND team.grain = grid.grain AND team.starts_on = grid.starts_on
