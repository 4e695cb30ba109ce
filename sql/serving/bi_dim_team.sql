-- Teams as they are named now: of several spans of one team the last counts, so that a join finds one row.
SELECT CAST(team.provider_code || '/' || team.team_code AS VARCHAR) AS team_key, team.provider_code,
       provider.provider_name, team.team_code, coalesce(team.team_name, team.team_code) AS team_name, team.service,
       team.care_setting, team.team_code = 'UNALLOCATED' AS is_unallocated
FROM (
    SELECT dim_team.*, row_number() OVER (PARTITION BY provider_code, team_code ORDER BY valid_from DESC) AS place
    FROM vm.dim_team AS dim_team
) AS team
JOIN vm.dim_provider AS provider ON provider.provider_code = team.provider_code
WHERE team.place = 1
