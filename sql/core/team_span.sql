-- The service of every team in every week and month: the one in force on its last day, else the last that held in it.
SELECT team.provider_code, team.team_code, span.grain, span.starts_on, team.service
FROM core.span AS span
JOIN vm.dim_team AS team ON team.valid_from <= span.ends_on AND coalesce(team.valid_to, DATE '2199-12-31') >= span.starts_on
QUALIFY row_number() OVER (PARTITION BY team.provider_code, team.team_code, span.grain, span.starts_on
                           ORDER BY team.valid_from DESC) = 1
