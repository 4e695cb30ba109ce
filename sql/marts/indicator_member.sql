-- Numerator and denominator of every generic indicator by team and week or month, from the first to the last with data.
-- A team has an indicator once it ever had something of each of its sources: a kitchen has no cost per bed day.
-- What is counted is 0 without a record where its feed was received, and where the other side of the ratio came of the same
-- feed: of a week that is not whole yet, no fall in the bed days so far. What is measured is then not known (empty), nor is
-- a sum of which a measured part lacks.
WITH met AS (  -- what a team ever had anything of
    SELECT provider_code, team_code, grain, ingredient, min(starts_on) AS first_on, max(starts_on) AS last_on
    FROM core.ingredient
    GROUP BY ALL
),
source AS (
    SELECT DISTINCT part.indicator_code, declared.source
    FROM core.indicator_part AS part
    JOIN core.ingredient_declared AS declared USING (ingredient)
),
asked AS (SELECT indicator_code, count(*) AS sources FROM source GROUP BY ALL),
has AS (
    SELECT source.indicator_code, met.provider_code, met.team_code
    FROM source
    JOIN (
        SELECT DISTINCT provider_code, team_code, declared.source
        FROM met
        JOIN core.ingredient_declared AS declared USING (ingredient)
    ) AS met USING (source)
    JOIN asked USING (indicator_code)
    GROUP BY source.indicator_code, met.provider_code, met.team_code, asked.sources
    HAVING count(*) = asked.sources
),
member AS (  -- a series of a team, by number. What is counted goes on as long as the team sends anything: nobody came is 0, too
    SELECT has.indicator_code, has.provider_code, has.team_code, met.grain, min(met.first_on) AS first_on,
           greatest(max(met.last_on), max(sent.last_on)) AS last_on, row_number() OVER () AS member
    FROM has
    JOIN core.indicator_part AS part USING (indicator_code)
    JOIN met USING (provider_code, team_code, ingredient)
    JOIN core.indicator AS one ON one.indicator_code = has.indicator_code AND contains(one.grains, met.grain)
    LEFT JOIN met AS sent
           ON sent.provider_code = has.provider_code AND sent.team_code = has.team_code AND sent.grain = met.grain
          AND sent.ingredient = 'activity_records'
          AND one.numerator_feed = 'activity' AND one.numerator_counted AND one.denominator IS NULL
    GROUP BY has.indicator_code, has.provider_code, has.team_code, met.grain
),
use AS (
    SELECT met.provider_code, met.team_code, met.grain, met.ingredient, member.member, part.side, part.weight,
           NOT declared.is_counted AS is_measured,
           count(*) FILTER (NOT declared.is_counted) OVER (PARTITION BY member.member, part.side) AS measured
    FROM met
    JOIN core.indicator_part AS part USING (ingredient)
    JOIN core.ingredient_declared AS declared USING (ingredient)
    JOIN member USING (indicator_code, provider_code, team_code, grain)
),
found AS (
    SELECT use.member, ingredient.starts_on,
           CASE WHEN count(*) FILTER (use.side = 'numerator' AND use.is_measured) = max(use.measured) FILTER (use.side = 'numerator')
                THEN sum((ingredient.amount * use.weight)::DECIMAL(38,9)) FILTER (use.side = 'numerator') END AS numerator,
           CASE WHEN count(*) FILTER (use.side = 'denominator' AND use.is_measured) = max(use.measured) FILTER (use.side = 'denominator')
                THEN sum((ingredient.amount * use.weight)::DECIMAL(38,9)) FILTER (use.side = 'denominator') END AS denominator
    FROM core.ingredient AS ingredient
    JOIN use USING (provider_code, team_code, grain, ingredient)
    GROUP BY ALL
),
due AS (  -- what follows from the feeds that were received for a week or month
    SELECT one.indicator_code, provider.provider_code, span.grain, span.starts_on, one.denominator IS NOT NULL AS is_ratio,
           one.numerator_counted AND upper.feed IS NOT NULL AS has_numerator,
           one.denominator_counted AND lower.feed IS NOT NULL AS has_denominator,
           one.numerator_counted AND one.numerator_feed IS NOT DISTINCT FROM one.denominator_feed AS follows_denominator,
           one.numerator_feed = 'ledger' AND upper.feed IS NULL AS lacks_ledger,
           'activity' IN (one.numerator_feed, one.denominator_feed)
               AND (CASE one.numerator_feed WHEN 'activity' THEN upper.feed ELSE lower.feed END) IS NULL AS lacks_activity
    FROM core.indicator AS one
    CROSS JOIN core.span AS span
    CROSS JOIN (SELECT DISTINCT provider_code FROM met) AS provider
    LEFT JOIN core.feed_span AS upper ON upper.feed = one.numerator_feed AND upper.provider_code = provider.provider_code
          AND upper.grain = span.grain AND upper.starts_on = span.starts_on
    LEFT JOIN core.feed_span AS lower ON lower.feed = one.denominator_feed AND lower.provider_code = provider.provider_code
          AND lower.grain = span.grain AND lower.starts_on = span.starts_on
    WHERE contains(one.grains, span.grain)
),
grid AS (
    SELECT member.member, member.indicator_code, member.provider_code, member.team_code, member.grain,
           due.starts_on, due.is_ratio, due.has_numerator, due.has_denominator, due.follows_denominator, due.lacks_ledger, due.lacks_activity
    FROM member
    JOIN due USING (indicator_code, provider_code, grain)
    WHERE due.starts_on BETWEEN member.first_on AND member.last_on
)
SELECT grid.indicator_code, grid.provider_code, grid.team_code, team.service, grid.grain, grid.starts_on,
       coalesce(found.numerator, CASE WHEN grid.has_numerator OR grid.follows_denominator AND found.denominator IS NOT NULL THEN 0 END)
           ::DECIMAL(38,9) AS numerator,
       coalesce(found.denominator, CASE WHEN grid.has_denominator THEN 0 END)::DECIMAL(38,9) AS denominator,
       (found.numerator IS NOT NULL OR grid.has_numerator OR grid.follows_denominator)
           AND (found.denominator IS NOT NULL OR grid.has_denominator OR NOT grid.is_ratio) AS is_known,
       grid.lacks_ledger, grid.lacks_activity
FROM grid
LEFT JOIN found USING (member, starts_on)
LEFT JOIN core.team_span AS team ON team.provider_code = grid.provider_code AND team.team_code = grid.team_code
      AND team.grain = grid.grain AND team.starts_on = grid.starts_on
