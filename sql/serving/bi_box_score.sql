-- The box score with names: a row a team and week; of each measure its value, baseline, target, and whether it signals.
WITH judged AS (
    SELECT provider_code AS of_provider, team_code AS of_team, starts_on,
           {box_score_signals}
    FROM vm.indicator_signal
    WHERE level = 'team' AND grain = 'week'
    GROUP BY provider_code, team_code, starts_on
)
SELECT week.*, CAST(week.provider_code || '/' || week.team_code AS VARCHAR) AS team_key, team.provider_name,
       team.team_name, team.service, team.care_setting, day.date, judged.*
FROM vm.team_week AS week
LEFT JOIN vm.bi_dim_team AS team ON team.provider_code = week.provider_code AND team.team_code = week.team_code
LEFT JOIN vm.dim_date AS day ON day.date = week.week_start
LEFT JOIN judged
       ON judged.of_provider = week.provider_code AND judged.of_team = week.team_code
      AND judged.starts_on = week.week_start
