-- Answers in force beside the question they belong to; `score` is NULL where the answer is on no scale of it.
-- A header is a question's code or its full text; a code goes before a text that is spelled like it.
WITH name AS (
    SELECT *, 1 AS place, lower(question_code) AS name FROM staging.survey_questions
    UNION ALL
    SELECT *, 2 AS place, lower(trim(regexp_replace(question_text, '\s+', ' ', 'g'))) AS name FROM staging.survey_questions
),
header AS (
    SELECT survey_code, question_code, scale, name,
           list_transform(string_split(lower(positive_answers), '|'), lambda one: trim(one)) AS positive_answers
    FROM name
    QUALIFY row_number() OVER (PARTITION BY survey_code, name ORDER BY place, question_code) = 1
)
SELECT batch.provider_code, batch.batch_id, answer.row_number, answer.survey_code, answer.wave_date, answer.team_name,
       answer.month_number, coalesce(header.question_code, upper(answer.question)) AS question_code,
       answer.answer, answer.answers, answer.positive, scale.score,
       list_contains(header.positive_answers, answer.answer) AS is_positive
FROM staging.survey AS answer
JOIN staging.month_in_force AS batch USING (content_id, batch_month)
LEFT JOIN header ON header.survey_code = answer.survey_code AND header.name = lower(answer.question)
LEFT JOIN staging.scale AS scale ON scale.scale = header.scale AND scale.answer = answer.answer
