-- Cost by week, to the penny of the month: the ledger period gives the month of a cost, its timing gives the week.
-- Dated cost stands in the week of its posting date, even where that lies outside its month. Spread cost is shared over
-- the weeks of its month by the days they have in it: pence are cut toward zero, then one each goes to the largest
-- remainders, ties to the earlier week. Ledger periods 0, 13 and 14 are in no week.
WITH spread AS (
    SELECT provider_code, team_code, cost_category, is_direct, period, (sum(amount_gbp)::DECIMAL(36,2) * 100)::HUGEINT AS pence
    FROM core.cost_part
    WHERE cost_timing = 'spread' AND is_in_year
    GROUP BY ALL
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
cut AS (
    SELECT spread.*, week.week_start,
           abs(pence) // days_of_month * days + abs(pence) % days_of_month * days // days_of_month AS whole,
           abs(pence) % days_of_month * days % days_of_month AS remainder
    FROM spread
    JOIN week USING (period)
),
dealt AS (
    SELECT *, sign(pence)::HUGEINT * (whole + (row_number() OVER largest_first <= abs(pence) - sum(whole) OVER the_month)::HUGEINT) AS part
    FROM cut
    WINDOW the_month AS (PARTITION BY provider_code, team_code, cost_category, is_direct, period),
           largest_first AS (PARTITION BY provider_code, team_code, cost_category, is_direct, period ORDER BY remainder DESC, week_start)
)
SELECT provider_code, team_code, cost_category, is_direct, 'spread' AS cost_timing, week_start, period,
       (part::DECIMAL(36,0) * 0.01)::DECIMAL(18,2) AS amount_gbp
FROM dealt
UNION ALL
SELECT provider_code, team_code, cost_category, is_direct, cost_timing, week_start, period, sum(amount_gbp)::DECIMAL(18,2)
FROM core.cost_part
WHERE cost_timing = 'dated' AND is_in_year
GROUP BY ALL
