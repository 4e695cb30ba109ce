-- Questionnaires that came back and that were given out, by team and wave. Of answers already added up, the question
-- answered most often stands for the questionnaires.
WITH returned AS (
    SELECT provider_code, team_code, survey_code, wave_date,
           count(DISTINCT (batch_id, row_number)) FILTER (is_positive IS NOT NULL OR score IS NOT NULL)
               + coalesce(max(answers) FILTER (is_positive IS NULL AND score IS NULL), 0) AS responses
    FROM vm.fact_survey
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
