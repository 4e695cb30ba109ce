-- Every value of every indicator, a row each, with names, and its lines and signal where it is drawn on a chart.
SELECT value.indicator_code, indicator.indicator_name, indicator.block, indicator.direction, value.level,
       CAST(CASE value.level WHEN 'team' THEN value.provider_code || '/' || value.team_code
                             WHEN 'service' THEN value.provider_code || '/' || value.service
                             ELSE value.provider_code END AS VARCHAR) AS member,
       CAST(CASE value.level WHEN 'team' THEN team.team_name || ', ' || provider.provider_name
                             WHEN 'service' THEN value.service || ', ' || provider.provider_name
                             WHEN 'provider' THEN provider.provider_name ELSE 'All providers' END AS VARCHAR) AS member_name,
       value.grain, value.starts_on, day.date, provider.provider_code, provider.provider_name, team.team_key,
       team.team_name, CASE WHEN value.level = 'service' THEN value.service ELSE team.service END AS service,
       value.numerator, value.denominator, value.value, value.unit, value.status, value.qualifier,
       signal.chart, signal.rule_profile, signal.centre_line, signal.lower_limit, signal.upper_limit, signal.target,
       signal.assurance, signal.is_final, signal.signal, signal.rule, signal.tier
FROM vm.indicator_value AS value
JOIN vm.dim_indicator AS indicator ON indicator.indicator_code = value.indicator_code
LEFT JOIN vm.indicator_signal AS signal
       ON signal.indicator_code = value.indicator_code AND signal.level = value.level
      AND signal.provider_code = value.provider_code AND signal.service = value.service
      AND signal.team_code = value.team_code AND signal.grain = value.grain
      AND signal.starts_on = value.starts_on AND signal.rule_profile = indicator.profile
LEFT JOIN vm.dim_provider AS provider ON provider.provider_code = value.provider_code
LEFT JOIN vm.bi_dim_team AS team
       ON team.provider_code = value.provider_code AND team.team_code = value.team_code
LEFT JOIN vm.dim_date AS day ON day.date = value.starts_on
