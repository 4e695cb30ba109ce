-- Accounts; the code stands where no name is known.
SELECT account_code, coalesce(account_name, account_code) AS account_name, cost_category, is_direct, is_mapped
FROM vm.dim_account
