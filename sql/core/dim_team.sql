-- Teams of the reference list, teams that only a map names, and UNALLOCATED for every provider.
WITH named AS (
    SELECT provider_code, team_code FROM staging.cost_centre_map
    UNION
    SELECT provider_code, team_code FROM staging.unit_map
    UNION
    SELECT provider_code, team_code FROM staging.survey_team_map
    UNION
    SELECT provider_code, 'UNALLOCATED' FROM vm.dim_provider
)
SELECT provider_code, team_code, coalesce(valid_from, DATE '1900-01-01') AS valid_from, valid_to,
       team_name, service, care_setting
FROM staging.teams
UNION ALL
SELECT provider_code, team_code, DATE '1900-01-01', NULL, team_code, NULL, NULL
FROM named
ANTI JOIN staging.teams USING (provider_code, team_code)
