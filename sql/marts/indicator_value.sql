-- Indicators by level, week and month, each with its state at the time of the last receipt in force.
-- Missing, then without a ledger, then zero denominator, then still open, incomplete or too little; else final.
-- A pause is always said, whatever else holds: values stay. Days between events are paused where any of them was.
WITH level AS (  -- generic ones: of teams, and of what they are added up to
    SELECT member.indicator_code, 'team' AS level, member.provider_code, '*' AS service, member.team_code, member.grain,
           member.starts_on, member.numerator, member.denominator, member.is_known, NOT member.is_known AS lacks_part,
           member.lacks_ledger, member.lacks_activity
    FROM core.indicator_member AS member
    JOIN core.indicator AS one USING (indicator_code)
    WHERE contains(one.levels, 'team')
    UNION ALL BY NAME
    SELECT * FROM core.indicator_level
),
exact AS (
    SELECT level.*, one.factor, one.is_sampled, one.denominator IS NOT NULL AS is_ratio,
           one.block IS NOT NULL AND one.team_week_column IS NOT NULL AS is_in_box_score
    FROM level
    JOIN core.indicator AS one USING (indicator_code)
),
crossed AS (  -- days between events that a pause lies in
    SELECT DISTINCT gap.level, gap.provider_code, gap.service, gap.team_code, gap.grain, gap.starts_on
    FROM core.indicator_gap AS gap
    JOIN core.paused AS paused ON paused.provider_code = gap.provider_code AND paused.of_team IN ('*', gap.team_code)
     AND paused.grain = 'month' AND paused.starts_on >= date_trunc('month', gap.began_on) AND paused.starts_on <= gap.starts_on
),
found AS (  -- of all kinds, before anything is said of their state
    SELECT indicator_code, level, provider_code, service, team_code, grain, starts_on, numerator, denominator,
           factor * numerator::DOUBLE / CASE WHEN is_ratio THEN nullif(denominator, 0)::DOUBLE ELSE 1 END + 0 AS value,  -- 0, never -0
           is_known, is_known AND is_ratio AND denominator = 0 AS is_zero, lacks_part AND NOT is_sampled AS lacks_part,
           lacks_ledger, lacks_activity, NULL AS said, false AS is_open, false AS is_crossed
    FROM exact
    UNION ALL
    SELECT indicator_code, level, provider_code, service, team_code, grain, starts_on, NULL, denominator, value,
           value IS NOT NULL, false, false, false, lacks_activity, NULL, false, false
    FROM core.indicator_median
    UNION ALL
    SELECT indicator_code, level, provider_code, service, team_code, grain, starts_on, numerator, denominator,
           numerator::DOUBLE / denominator::DOUBLE, true, false, false, false, lacks_activity, CASE WHEN is_open THEN 'open_gap' END, is_open,
           crossed.starts_on IS NOT NULL
    FROM core.indicator_gap
    LEFT JOIN crossed USING (level, provider_code, service, team_code, grain, starts_on)
    UNION ALL
    SELECT indicator_code, level, provider_code, service, team_code, grain, starts_on, NULL, NULL, value,
           true, false, false, false, false, class, false, false
    FROM core.indicator_class
    UNION ALL
    SELECT 'M02', level, provider_code, service, team_code, 'week', starts_on,
           count(*) FILTER (is_known AND (NOT is_ratio OR denominator <> 0)), count(*),
           100 * count(*) FILTER (is_known AND (NOT is_ratio OR denominator <> 0))::DOUBLE / count(*)::DOUBLE,
           true, false, false, false, false, NULL, false, false
    FROM exact
    WHERE grain = 'week' AND is_in_box_score AND NOT is_sampled
    GROUP BY level, provider_code, service, team_code, starts_on
),
placed AS (
    SELECT *, CASE grain WHEN 'event' THEN 'month' ELSE grain END AS span_grain,
           CASE grain WHEN 'event' THEN date_trunc('month', starts_on)::DATE ELSE starts_on END AS span_on
    FROM found
),
timed AS (
    SELECT point.*, one.unit, one.is_sampled, one.minimum,
           unfinished.starts_on IS NOT NULL OR unheard.starts_on IS NOT NULL OR point.is_open AS is_unfinished,
           of_all.starts_on IS NOT NULL OR own.starts_on IS NOT NULL OR point.is_crossed AS is_paused
    FROM placed AS point
    JOIN core.indicator AS one USING (indicator_code)
    LEFT JOIN core.unfinished AS unfinished
           ON unfinished.indicator_code = point.indicator_code AND unfinished.grain = point.grain AND unfinished.starts_on = point.starts_on
    LEFT JOIN core.unheard AS unheard
           ON unheard.indicator_code = point.indicator_code AND unheard.provider_code = point.provider_code
          AND unheard.grain = point.grain AND unheard.starts_on = point.starts_on
    LEFT JOIN (SELECT * FROM core.paused WHERE of_team = '*') AS of_all
           ON of_all.provider_code = point.provider_code AND of_all.grain = point.span_grain AND of_all.starts_on = point.span_on
    LEFT JOIN core.paused AS own
           ON own.provider_code = point.provider_code AND own.of_team = point.team_code
          AND own.grain = point.span_grain AND own.starts_on = point.span_on
),
judged AS (
    SELECT *,
           CASE WHEN lacks_ledger AND (NOT is_known OR lacks_part) THEN 'no_ledger'
                WHEN NOT is_known THEN CASE WHEN is_sampled THEN 'not_sampled' ELSE 'no_data' END
                WHEN is_zero THEN 'nothing_to_divide_by'
                WHEN said IS NOT NULL THEN said
                WHEN coalesce(is_unfinished, false) THEN 'open_period'
                WHEN lacks_part THEN 'incomplete'
                WHEN lacks_ledger THEN 'no_ledger'
                WHEN lacks_activity THEN 'no_activity'
                WHEN denominator < minimum THEN 'too_little_activity'
                WHEN indicator_code = 'C03' AND value < 0 THEN 'below_zero'
                WHEN indicator_code = 'S01' AND value > 100 THEN 'above_100'
                WHEN is_sampled THEN 'sampled' END AS reason
    FROM timed
)
SELECT indicator_code, level, provider_code, service, team_code, grain, starts_on,
       CASE grain WHEN 'month' THEN strftime(starts_on, '%Y-%m') END AS period,
       CASE grain WHEN 'week' THEN starts_on END AS week_start,
       CASE WHEN is_known THEN numerator END AS numerator,
       CASE WHEN is_known THEN denominator END AS denominator,
       CASE WHEN is_known THEN value END AS value,
       unit,
       CASE WHEN reason = 'no_ledger' THEN 'provisional'
            WHEN NOT is_known THEN 'missing'
            WHEN is_zero THEN 'zero_denominator'
            WHEN reason IN ('open_gap', 'open_period', 'no_activity', 'incomplete', 'too_little_activity') THEN 'provisional'
            ELSE 'final' END AS status,
       CASE WHEN is_paused THEN 'paused' ELSE reason END AS qualifier
FROM judged
