-- Whether ledgers agree with what the teams were given, with names.
SELECT account.*, provider.provider_name, account.difference_gbp = 0 AS is_reconciled
FROM vm.reconciliation AS account
JOIN vm.dim_provider AS provider ON provider.provider_code = account.provider_code
