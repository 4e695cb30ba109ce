-- Questionnaires that came back and that were given out, by team and wave. Of answers already added up, the question
-- answered most often stands for the questionnaires, and of two extracts that have the wave the larger.
WITH heard AS (  -- a questionnaire, or all that an extract added up of a question: two names of one team have both
    SELECT provider_code, team_code, survey_code, wave_date, batch_id, CASE WHEN score IS NULL THEN question_code END AS added_up,
           CASE WHEN score IS NOT NULL THEN row_number END AS sheet, sum(answers) AS answers
    FROM vm.fact_survey
    GROUP BY ALL
),
returned AS (
    SELECT provider_code, team_code, survey_code, wave_date,
           count(*) FILTER (added_up IS NULL) + coalesce(max(answers) FILTER (added_up IS NOT NULL), 0) AS responses
    FROM heard
    GROUP BY ALL
),
given AS (
    SELECT issued.provider_code, coalesce(team.team_code, 'UNALLOCATED') AS team_code, issued.survey_code, issued.wave_date,
           sum(issued.issued)::BIGINT AS issued
    FROM staging.survey_issued AS issued
    LEFT JOIN staging.survey_team_map AS team USING (provider_code, survey_code, team_name)
    GROUP BY ALL
)
SELECT given.*, coalesce(returned.responses, 0) AS responses
FROM given
LEFT JOIN returned USING (provider_code, team_code, survey_code, wave_date)
