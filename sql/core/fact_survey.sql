-- One row an answer on its question's scale, or a team's answers to a question where they came added up.
SELECT answer.provider_code, coalesce(team.team_code, 'UNALLOCATED') AS team_code, answer.survey_code, answer.wave_date,
       answer.question_code, answer.score,
       CASE WHEN answer.answers IS NULL THEN answer.is_positive END AS is_positive,
       coalesce(answer.answers, 1) AS answers,
       CASE WHEN answer.answers IS NULL THEN answer.is_positive::INTEGER::DECIMAL(18,9) ELSE answer.positive END AS positive,
       month.period, answer.batch_id, answer.row_number
FROM core.survey_answer AS answer
JOIN staging.month AS month ON month.month_number = answer.month_number
LEFT JOIN staging.survey_team_map AS team
       ON team.provider_code = answer.provider_code
      AND team.survey_code = answer.survey_code
      AND team.team_name = answer.team_name
WHERE answer.score IS NOT NULL OR (answer.answers IS NOT NULL AND answer.answer IS NULL)
