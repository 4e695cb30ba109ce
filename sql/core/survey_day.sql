-- Survey answers of a batch added up by day of the wave and question; `points` are those of the six-point scale. A day may
-- stand in more than one batch, so what is positive is not rounded here.
SELECT fact.batch_id, fact.provider_code, fact.team_code, fact.survey_code, fact.question_code, fact.wave_date AS day,
       sum(fact.answers) FILTER (fact.positive IS NOT NULL)::DECIMAL(38,3) AS answers,
       sum(fact.positive) AS positive,
       sum(fact.score) FILTER (question.scale = 'agree6')::DECIMAL(38,3) AS points,
       count(fact.score) FILTER (question.scale = 'agree6')::DECIMAL(38,3) AS scored
FROM vm.fact_survey AS fact
LEFT JOIN staging.survey_questions AS question USING (survey_code, question_code)
GROUP BY ALL
