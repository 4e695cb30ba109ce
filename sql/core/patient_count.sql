-- Patients of every level, week and month, counted again at each: journeys that began, and contacts attended. A journey counts
-- once, in the week and month in which it began with the team, service or provider: a ward it moves to later adds none.
WITH began AS (
    SELECT provider_code, team_code, start_at::DATE AS day,
           CASE WHEN patient_ref IS NOT NULL THEN provider_code || ' ' || patient_ref || ' ' || journey END AS journey,
           CASE WHEN patient_ref IS NULL THEN quantity ELSE 0 END AS uncounted
    FROM core.stay
    UNION ALL
    SELECT provider_code, team_code, day, NULL, quantity
    FROM core.activity_day
    WHERE measure_code = 'attendance' AND outcome_code = 'attended'
),
dated AS (  -- a journey and what is not counted, once a team and period: days are many more
    SELECT provider_code, team_code, grain.grain, date_trunc(grain.grain, day)::DATE AS starts_on, journey,
           sum(uncounted) AS uncounted
    FROM began
    CROSS JOIN (VALUES ('week'), ('month')) AS grain (grain)
    GROUP BY ALL
),
placed AS (
    SELECT dated.*, team.service, CASE WHEN journey IS NULL THEN starts_on END AS apart_on
    FROM dated
    LEFT JOIN core.team_span AS team USING (provider_code, team_code, grain, starts_on)
),
counted AS (
    SELECT CASE GROUPING(provider_code, service, team_code) WHEN 2 THEN 'team' WHEN 1 THEN 'service' WHEN 3 THEN 'provider' ELSE 'all' END AS level,
           coalesce(provider_code, '*') AS provider_code, coalesce(service, '*') AS service, coalesce(team_code, '*') AS team_code,
           grain, min(starts_on) AS starts_on, CASE WHEN journey IS NULL THEN sum(uncounted) ELSE 1 END AS patients
    FROM placed
    GROUP BY GROUPING SETS ((grain, journey, apart_on, provider_code, team_code), (grain, journey, apart_on, provider_code, service),
                            (grain, journey, apart_on, provider_code), (grain, journey, apart_on))
    HAVING GROUPING(provider_code, service, team_code) <> 1 OR service IS NOT NULL
)
SELECT level, provider_code, service, team_code, grain, starts_on, sum(patients)::DECIMAL(38,9) AS patients
FROM counted
GROUP BY ALL
