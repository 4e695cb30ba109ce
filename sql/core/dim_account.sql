-- Accounts that are mapped, and any other met in a ledger in force: `other`, not direct, by posting date.
SELECT account_code, account_name, cost_category, is_direct,
       coalesce(cost_timing, CASE WHEN starts_with(cost_category, 'pay_') THEN 'spread' ELSE 'dated' END) AS cost_timing,
       true AS is_mapped
FROM staging.account_map
UNION ALL
SELECT account_code, NULL, 'other', false, 'dated', false
FROM (SELECT DISTINCT account_code FROM vm.fact_cost)
ANTI JOIN staging.account_map USING (account_code)
