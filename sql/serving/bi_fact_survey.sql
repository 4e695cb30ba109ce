-- Answers, on the day of their wave, with what a share of positive answers is made of.
SELECT survey.provider_code, CAST(survey.provider_code || '/' || survey.team_code AS VARCHAR) AS team_key, day.date,
       survey.survey_code, survey.question_code, survey.answers,
       CASE WHEN survey.positive IS NULL THEN 0 ELSE survey.answers END AS answers_counted,
       CAST(coalesce(survey.positive, 0) AS NUMERIC(18, 9)) AS positive, survey.batch_id, survey.row_number
FROM vm.fact_survey AS survey
LEFT JOIN vm.dim_date AS day ON day.date = survey.wave_date
