-- What indicators are called, say and ask for.
SELECT indicator_code, indicator_name, block, kind, unit, direction, factor, chart, profile, meaning, formula, notes
FROM vm.dim_indicator
