-- Cost beside performance: one row a team and month as soon as any feed has a fact for it. Which cost categories each sum
-- of cost has is said in vm_pipeline/indicators/ingredients.py.
WITH cost AS (
    SELECT provider_code, team_code, period,
           {team_month_costs}
    FROM core.cost_part
    GROUP BY provider_code, team_code, period
),
began AS (
    SELECT provider_code, team_code, strftime(day, '%Y-%m') AS period,
           sum(quantity) FILTER (measure_code = 'inpatient_stay') AS admissions,
           sum(quantity) FILTER (measure_code = 'bed_day') AS bed_days,
           sum(quantity) FILTER (measure_code = 'referral' AND outcome_code = 'accepted') AS referrals_accepted,
           sum(quantity) FILTER (measure_code = 'referral' AND outcome_code = 'returned') AS referrals_returned,
           sum(quantity) FILTER (measure_code = 'attendance' AND outcome_code = 'attended') AS attendances,
           sum(quantity) FILTER (measure_code = 'attendance' AND outcome_code = 'dna') AS dnas,
           sum(quantity) FILTER (measure_code = 'treatment' AND outcome_code = 'hospital') AS treatments_hospital,
           sum(quantity) FILTER (measure_code = 'treatment' AND outcome_code = 'community') AS treatments_community,
           sum(quantity) FILTER (measure_code = 'item_issued') AS items_issued,
           sum(quantity) FILTER (measure_code = 'fall') AS falls
    FROM core.activity_day
    GROUP BY ALL
),
ended AS (
    SELECT provider_code, team_code, strftime(end_at, '%Y-%m') AS period, sum(quantity) AS discharges
    FROM core.stay
    WHERE end_at IS NOT NULL
    GROUP BY ALL
),
survey AS (
    SELECT provider_code, team_code, strftime(day, '%Y-%m') AS period,
           sum(answers)::BIGINT AS survey_answers, sum(positive) AS survey_positive
    FROM core.survey_day
    GROUP BY ALL
),
side_by_side AS (
    SELECT * FROM cost
    FULL JOIN began USING (provider_code, team_code, period)
    FULL JOIN ended USING (provider_code, team_code, period)
    FULL JOIN survey USING (provider_code, team_code, period)
),
filled AS (
    SELECT provider_code, team_code, period,
           coalesce(COLUMNS(* EXCLUDE (provider_code, team_code, period)), 0)
    FROM side_by_side
)
SELECT *,
       vm.ratio(direct_cost_gbp, bed_days) AS cost_per_bed_day_gbp,
       vm.ratio(direct_cost_gbp, attendances) AS cost_per_attendance_gbp,
       vm.ratio(referrals_returned, referrals_accepted + referrals_returned, 100) AS returned_pct,
       vm.ratio(dnas, attendances + dnas, 100) AS dna_pct,
       vm.ratio(survey_positive, survey_answers, 100) AS positive_pct
FROM filled
