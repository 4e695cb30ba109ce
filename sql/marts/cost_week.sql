-- Cost by week, to the penny of the month: the ledger period gives the month of a cost, its timing gives the week.
-- Dated cost stands in the week of its posting date, even where that lies outside its month. Spread cost is shared over
-- the weeks of its month by the days they have in it: each day has as many pence as go into all of them, and of the few
-- that are left each week has its days' part cut to pence, then one each goes to the largest remainders, ties to the
-- earlier week. Ledger periods 0, 13 and 14 are in no week.
WITH part AS (
    SELECT provider_code, team_code, cost_category, is_direct, cost_timing, week_start, period,
           sum(amount_gbp)::DECIMAL(38,2) AS amount_gbp
    FROM core.cost_part
    WHERE is_in_year
    GROUP BY ALL
),
spread AS (
    SELECT * EXCLUDE (week_start), (amount_gbp::DECIMAL(36,2) * 100)::HUGEINT AS pence,
           day(last_day((period || '-01')::DATE)) AS days_of_month
    FROM part
    WHERE cost_timing = 'spread'
),
day AS (
    SELECT period, unnest(generate_series(first_day, last_day(first_day), INTERVAL 1 DAY))::DATE AS day
    FROM (SELECT DISTINCT period, (period || '-01')::DATE AS first_day FROM spread)
),
week AS (
    SELECT period, date_trunc('week', day)::DATE AS week_start, count(*) AS days, day(last_day(any_value(day))) AS days_of_month
    FROM day
    GROUP BY ALL
),
cut AS (  -- by month and pence left: fewer than it has days
    SELECT *, left_over * days // days_of_month AS whole, left_over * days % days_of_month AS remainder
    FROM (SELECT *, unnest(generate_series(0, 30)) AS left_over FROM week)
),
dealt AS (
    SELECT period, week_start, days, left_over,
           whole + (row_number() OVER largest_first <= left_over - sum(whole) OVER the_month)::INTEGER AS pence
    FROM cut
    WINDOW the_month AS (PARTITION BY period, left_over),
           largest_first AS (PARTITION BY period, left_over ORDER BY remainder DESC, week_start)
)
SELECT provider_code, team_code, cost_category, is_direct, cost_timing, dealt.week_start, period,
       ((sign(spread.pence) * (abs(spread.pence) // days_of_month * dealt.days + dealt.pence))::DECIMAL(36,0) * 0.01)::DECIMAL(18,2) AS amount_gbp
FROM spread
JOIN dealt USING (period)
WHERE dealt.left_over = abs(spread.pence) % days_of_month
UNION ALL
SELECT provider_code, team_code, cost_category, is_direct, cost_timing, week_start, period, amount_gbp
FROM part
WHERE cost_timing = 'dated'
