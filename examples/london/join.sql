-- Cost, activity, beds and staff survey of a trust side by side, from nothing but published tables: one row a trust.
-- A sum over no rows is NULL: what was not reported is missing, and not 0.
WITH cost AS (
    SELECT provider_code, count(*) AS lines, count_if(amount_gbp < 0) AS credits, sum(amount_gbp) AS spend_gbp
    FROM vm.fact_cost
    WHERE financial_year = '2020/21'
    GROUP BY provider_code
),
work AS (
    SELECT provider_code,
           sum(quantity) FILTER (measure_code = 'attendance') AS ae_attendances,
           sum(quantity) FILTER (measure_code = 'ae_over_four_hours') AS ae_over_four_hours,
           sum(quantity) FILTER (measure_code = 'emergency_admission') AS emergency_admissions,
           avg(quantity / days ORDER BY start_at) FILTER (measure_code = 'bed_day_available') AS beds_available,
           avg(quantity / days ORDER BY start_at) FILTER (measure_code = 'bed_day') AS beds_occupied
    FROM (SELECT *, end_at::DATE - start_at::DATE + 1 AS days FROM vm.fact_activity)
    WHERE period BETWEEN '2020-04' AND '2021-03'
    GROUP BY provider_code
),
said AS (
    SELECT provider_code,
           sum(answers) FILTER (question_code = 'RESPONDENTS') AS respondents,
           sum(100 * positive / answers) FILTER (question_code = 'BURNED_OUT') AS burned_out_pct,
           sum(100 * positive / answers) FILTER (question_code = 'ENOUGH_STAFF') AS enough_staff_pct,
           sum(100 * positive / answers) FILTER (question_code = 'STRESS') AS stress_pct
    FROM vm.fact_survey
    WHERE survey_code = 'NSS' AND period = '2021-10'
    GROUP BY provider_code
)
SELECT provider_code, provider_name, lines, credits, spend_gbp, ae_attendances, ae_over_four_hours,
       100 * ae_over_four_hours / ae_attendances AS ae_over_four_hours_pct, emergency_admissions,
       beds_available, beds_occupied, 100 * beds_occupied / beds_available AS occupied_pct,
       spend_gbp / ae_attendances AS spend_per_attendance_gbp,
       respondents, burned_out_pct, enough_staff_pct, stress_pct
FROM cost
JOIN work USING (provider_code)
JOIN said USING (provider_code)
JOIN vm.dim_provider USING (provider_code)
ORDER BY provider_code
