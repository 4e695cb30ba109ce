-- Ingredients of all indicators: one row a provider, team, week or month and ingredient that any fact speaks of.
-- What is an activity measure, a set of cost categories or a survey question comes by declaration, and so does what is a
-- condition on facts (all of vm_pipeline/indicators/ingredients.py); the rest is written here. No fact is read, and nothing
-- of another team: one of them is made again without the others. Amounts have nine decimals, all of them: of several scales a
-- UNION takes the smallest.
WITH cost AS (
    SELECT provider_code, team_code, 'month' AS grain, (period || '-01')::DATE AS starts_on,
           {cost_sums}
    FROM core.cost_part
    GROUP BY ALL
    UNION ALL
    SELECT provider_code, team_code, 'week', week_start,
           {cost_sums}
    FROM vm.cost_week
    GROUP BY ALL
),
stay_day AS (
    SELECT provider_code, team_code, end_at::DATE AS day, quantity, is_index, is_readmitted
    FROM core.stay
    WHERE end_at IS NOT NULL
),
answer AS (
    SELECT provider_code, team_code, survey_code, question_code, day, sum(answers)::DECIMAL(38,9) AS answers,
           sum(positive)::DECIMAL(38,9) AS positive
    FROM core.survey_day
    GROUP BY ALL
),
by_day AS (
    SELECT activity.provider_code, activity.team_code, activity.day, declared.ingredient, activity.quantity::DECIMAL(38,9) AS amount
    FROM core.activity_day AS activity
    JOIN core.ingredient_declared AS declared USING (measure_code)
    WHERE declared.outcome_code IS NULL OR declared.outcome_code = activity.outcome_code
    UNION ALL
    SELECT provider_code, team_code, day, 'activity_records', sum(records)::DECIMAL(38,9) FROM core.activity_day GROUP BY ALL
    UNION ALL
    SELECT provider_code, team_code, day, ingredient, sum(amount)::DECIMAL(38,9) FROM core.stated GROUP BY ALL
    UNION ALL
    SELECT provider_code, team_code, day, 'index_discharges', quantity::DECIMAL(38,9) FROM stay_day WHERE is_index
    UNION ALL
    SELECT provider_code, team_code, day, 'readmissions', quantity::DECIMAL(38,9) FROM stay_day WHERE is_index AND is_readmitted
    UNION ALL
    SELECT answer.provider_code, answer.team_code, answer.day, declared.ingredient,
           CASE WHEN declared.is_positive THEN answer.positive ELSE answer.answers END
    FROM answer
    JOIN core.ingredient_declared AS declared USING (question_code)
    UNION ALL
    SELECT provider_code, team_code, day, 'engagement_points', points::DECIMAL(38,9) FROM core.survey_day
    UNION ALL
    SELECT provider_code, team_code, day, 'engagement_answers', scored::DECIMAL(38,9) FROM core.survey_day WHERE scored > 0
    UNION ALL
    SELECT provider_code, team_code, wave_date, 'responses', responses::DECIMAL(38,9) FROM core.wave
    UNION ALL
    SELECT provider_code, team_code, wave_date, 'issued', issued::DECIMAL(38,9) FROM core.wave
    UNION ALL
    SELECT provider_code, team_code, week_start, 'huddle_weeks', 1::DECIMAL(38,9) FROM vm.huddle_week
    UNION ALL
    SELECT provider_code, team_code, week_start, 'mdt_weeks', is_extended::INTEGER::DECIMAL(38,9) FROM vm.huddle_week
    UNION ALL
    SELECT provider_code, team_code, day, 'confidence_gain', gain::DECIMAL(38,9) FROM core.coach_pair
    UNION ALL
    SELECT provider_code, team_code, day, 'confidence_pairs', 1::DECIMAL(38,9) FROM core.coach_pair
),
dated AS (
    SELECT provider_code, team_code, grain.grain, date_trunc(grain.grain, day)::DATE AS starts_on, ingredient,
           sum(amount)::DECIMAL(38,9) AS amount
    FROM by_day
    CROSS JOIN (VALUES ('week'), ('month')) AS grain (grain)
    WHERE amount IS NOT NULL
    GROUP BY ALL
),
open AS (
    SELECT stay.provider_code, stay.team_code, span.grain, span.starts_on,
           sum(stay.quantity) AS stays, sum(stay.quantity * (span.ends_on + 1 - stay.start_at::DATE)) AS days
    FROM core.stay AS stay
    JOIN core.span AS span ON stay.start_at::DATE <= span.ends_on AND coalesce(stay.end_at::DATE, DATE '2199-12-31') > span.ends_on
    SEMI JOIN core.feed_span AS received
        ON received.feed = 'activity' AND received.provider_code = stay.provider_code
       AND received.grain = span.grain AND received.starts_on = span.starts_on
    GROUP BY ALL
),
moved AS (
    SELECT provider_code, team_code, financial_year, period, spent.amount_gbp AS actual, budget.amount_gbp AS budget
    FROM core.budget_month AS budget
    FULL JOIN core.spent AS spent USING (provider_code, team_code, financial_year, period)
    WHERE spent.amount_gbp IS NOT NULL OR budget.amount_gbp IS NOT NULL
),
ytd_due AS (  -- the months of a team's year from its first on: what it did not spend counts, too. Whole: a ledger came for each
    SELECT team.provider_code, team.team_code, team.financial_year, month.period,
           bool_and(received.feed IS NOT NULL) OVER (
               PARTITION BY team.provider_code, team.team_code, team.financial_year ORDER BY month.period) AS is_whole
    FROM (SELECT provider_code, team_code, financial_year, min(period) AS first_period FROM moved GROUP BY ALL) AS team
    JOIN vm.dim_period AS month ON month.financial_year = team.financial_year AND month.period >= team.first_period
    LEFT JOIN core.feed_span AS received
           ON received.feed = 'ledger' AND received.provider_code = team.provider_code
          AND received.grain = 'month' AND received.starts_on = month.first_day
    QUALIFY month.first_day BETWEEN min(received.starts_on) OVER (PARTITION BY team.provider_code, team.team_code)
                                AND max(received.starts_on) OVER (PARTITION BY team.provider_code, team.team_code)
),
ytd AS (  -- after a month without a ledger nothing is known of the year, and its months say so
    SELECT provider_code, team_code, period,
           CASE WHEN is_whole THEN sum(coalesce(moved.actual, 0)) OVER since_april END AS actual,
           CASE WHEN is_whole THEN sum(coalesce(moved.budget, 0)) OVER since_april END AS budget
    FROM ytd_due
    LEFT JOIN moved USING (provider_code, team_code, financial_year, period)
    WINDOW since_april AS (PARTITION BY provider_code, team_code, financial_year ORDER BY period)
),
by_month AS (
    SELECT provider_code, team_code, period, 'actual_ytd_gbp' AS ingredient, actual::DECIMAL(38,9) AS amount FROM ytd
    UNION ALL
    SELECT provider_code, team_code, period, 'budget_ytd_gbp', budget::DECIMAL(38,9) FROM ytd
    UNION ALL
    SELECT provider_code, team_code, period, 'funded_wte', wte::DECIMAL(38,9) FROM core.budget_month WHERE wte IS NOT NULL
    UNION ALL
    SELECT provider_code, team_code, period, 'ledger_gbp', sum(size_gbp)::DECIMAL(38,9) FROM core.cost_part GROUP BY ALL
    UNION ALL
    SELECT provider_code, team_code, period, 'unallocated_gbp', sum(size_gbp)::DECIMAL(38,9) FROM core.cost_part
    WHERE team_code = 'UNALLOCATED'
    GROUP BY ALL
    UNION ALL
    SELECT provider_code, team_code, period, ingredient, amount FROM core.commodity
    UNION ALL
    SELECT provider_code, team_code, period, ingredient, amount FROM core.ledger_changed
),
coached AS (
    SELECT coach.provider_code, coach.team_code, span.starts_on, count(*) AS coaches,
           count(*) FILTER (coach.progressed_on <= span.ends_on) AS progressed
    FROM core.coach AS coach
    JOIN core.span AS span ON span.grain = 'month' AND coach.enrolled_on <= span.ends_on
    SEMI JOIN core.feed_span AS received
        ON received.provider_code = coach.provider_code AND received.grain = 'month' AND received.starts_on = span.starts_on
    GROUP BY ALL
),
week_records AS (
    SELECT provider_code, team_code, starts_on, amount FROM dated WHERE grain = 'week' AND ingredient = 'activity_records'
),
week_due AS (  -- weeks with records, and those received without any: while a team is silent, until nothing is usual any more
    SELECT provider_code, team_code, starts_on, sum(amount) AS amount, sum(received) AS received
    FROM (
        SELECT provider_code, team_code, starts_on, amount, 0 AS received FROM week_records
        UNION ALL
        SELECT team.provider_code, team.team_code, feed.starts_on, 0::DECIMAL(38,9), 1
        FROM (SELECT provider_code, team_code, min(starts_on) AS first_on, max(starts_on) AS last_on FROM week_records GROUP BY ALL) AS team
        JOIN core.feed_span AS feed
          ON feed.feed = 'activity' AND feed.grain = 'week' AND feed.provider_code = team.provider_code
         AND feed.starts_on BETWEEN team.first_on AND team.last_on + 84
    )
    GROUP BY ALL
),
expected AS (  -- of weeks before which twelve were received, half of them with records: who sends by month is not asked by week
    SELECT provider_code, team_code, starts_on, (sum(amount) OVER past / 12)::DECIMAL(38,9) AS amount
    FROM week_due
    WINDOW past AS (PARTITION BY provider_code, team_code ORDER BY starts_on
                    RANGE BETWEEN INTERVAL 84 DAY PRECEDING AND INTERVAL 1 DAY PRECEDING)
    QUALIFY sum(received) OVER past = 12 AND count(*) FILTER (amount > 0) OVER past >= 6
)
{costs}
UNION ALL
SELECT * FROM dated
UNION ALL
SELECT provider_code, team_code, grain, starts_on, 'open_stays', stays::DECIMAL(38,9) FROM open
UNION ALL
SELECT provider_code, team_code, grain, starts_on, 'open_stay_days', days::DECIMAL(38,9) FROM open
UNION ALL
SELECT provider_code, team_code, 'month', (period || '-01')::DATE, ingredient, amount FROM by_month
UNION ALL
SELECT provider_code, team_code, 'month', starts_on, 'coaches', coaches::DECIMAL(38,9) FROM coached
UNION ALL
SELECT provider_code, team_code, 'month', starts_on, 'coaches_progressed', progressed::DECIMAL(38,9) FROM coached
UNION ALL
SELECT provider_code, team_code, 'week', starts_on, 'expected_records', amount FROM expected
UNION ALL
SELECT provider_code, team_code, grain, starts_on, 'patients', patients::DECIMAL(38,9) FROM core.patient_count WHERE level = 'team'
