-- Which part of a cost centre each team carries, over spans of days in which nothing changes.
-- Shares are millionths. Where they sum to less than 1 (beyond 0.00001, for thirds), UNALLOCATED has the rest.
-- `units_of_teams` are the units of all teams of the span, in the order of their codes; `place` is the team's among them.
WITH mapped AS (
    SELECT provider_code, cost_centre_code, team_code, (share * 1000000)::BIGINT AS units,
           coalesce(valid_from, DATE '1900-01-01') AS first_day, coalesce(valid_to, DATE '2199-12-31') AS last_day
    FROM staging.cost_centre_map
    WHERE share > 0
),
change AS (
    SELECT provider_code, cost_centre_code, first_day FROM mapped
    UNION
    SELECT provider_code, cost_centre_code, last_day + 1 FROM mapped
),
span AS (
    SELECT provider_code, cost_centre_code, first_day,
           lead(first_day) OVER (PARTITION BY provider_code, cost_centre_code ORDER BY first_day) - 1 AS last_day
    FROM change
),
part AS (
    SELECT span.provider_code, span.cost_centre_code, span.first_day, span.last_day,
           mapped.team_code, sum(mapped.units) AS units
    FROM span
    JOIN mapped ON mapped.provider_code = span.provider_code
               AND mapped.cost_centre_code = span.cost_centre_code
               AND span.first_day BETWEEN mapped.first_day AND mapped.last_day
    GROUP BY ALL
),
rest AS (
    SELECT provider_code, cost_centre_code, first_day, last_day,
           'UNALLOCATED' AS team_code, 1000000 - sum(units) AS units
    FROM part
    GROUP BY ALL
    HAVING sum(units) < 999990
),
whole AS (
    SELECT provider_code, cost_centre_code, first_day, last_day, team_code, sum(units)::BIGINT AS units
    FROM (SELECT * FROM part UNION ALL SELECT * FROM rest)
    GROUP BY ALL
)
SELECT provider_code, cost_centre_code, first_day, last_day, team_code, units,
       (sum(units) OVER same_days)::BIGINT AS total,
       count(*) OVER same_days AS teams,
       min(units) OVER same_days = max(units) OVER same_days AS is_even,
       row_number() OVER by_team AS place,
       list(units) OVER (by_team ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS units_of_teams
FROM whole
WINDOW same_days AS (PARTITION BY provider_code, cost_centre_code, first_day),
       by_team AS (PARTITION BY provider_code, cost_centre_code, first_day ORDER BY team_code)
