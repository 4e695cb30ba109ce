-- Savings with names, a row a declared saving and pair of windows.
SELECT saving.*, team.team_key, team.provider_name, team.team_name, team.service
FROM vm.saving AS saving
LEFT JOIN vm.bi_dim_team AS team
       ON team.provider_code = saving.provider_code AND team.team_code = saving.team_code
