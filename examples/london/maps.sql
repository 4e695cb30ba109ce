-- What `reference/` says of the four trusts whose maps nobody wrote by hand. Whoever keeps the maps runs it again on the
-- published warehouse when codes are new; the variable `london` is the folder of the data. Teams of Guy's are its
-- directorates, and a cost centre that moved from one to another belongs to each in its own months; elsewhere the team is
-- the trust. An account's category follows from its name.
CREATE OR REPLACE TEMP VIEW guys_line AS
SELECT regexp_extract("Expense area", '^\(id:(\d+)\)', 1) AS cost_centre_code,
       trim(regexp_extract("Expense area", '\) (.*)$', 1)) AS directorate,
       regexp_extract("Expense type", '^\((\d+)\)', 1) AS account_code,
       trim(regexp_extract("Expense type", '\) (.*)$', 1)) AS account_name,
       date_trunc('month', strptime("Date of payment", '%d/%m/%Y'))::DATE AS month
FROM read_csv(getvariable('london') || '/spend_raw/GUYS/*.csv', all_varchar = true, union_by_name = true);

-- teams.csv
CREATE OR REPLACE TEMP VIEW team AS
SELECT DISTINCT 'RJ1' AS provider_code, trim(regexp_replace(upper(directorate), '[^A-Z0-9]+', '-', 'g'), '-') AS team_code,
       directorate AS team_name, 'directorate' AS service
FROM guys_line;

-- cost_centre_map.csv
CREATE OR REPLACE TEMP VIEW centre AS
SELECT cost_centre_code, directorate,
       CASE WHEN lag(month) OVER moves IS NOT NULL THEN month END AS valid_from,
       (lead(month) OVER moves - 1)::DATE AS valid_to
FROM (SELECT cost_centre_code, directorate, min(month) AS month FROM guys_line GROUP BY ALL)
WINDOW moves AS (PARTITION BY cost_centre_code ORDER BY month);

CREATE OR REPLACE TEMP VIEW cost_centre_map AS
SELECT 'RJ1' AS provider_code, cost_centre_code, team_code, valid_from, valid_to
FROM centre JOIN team ON team_name = directorate
UNION ALL
SELECT DISTINCT provider_code, cost_centre_code, 'TRUST', NULL, NULL
FROM vm.fact_cost WHERE provider_code IN ('RQM', 'RVR', 'RKE');

-- account_map.csv
CREATE OR REPLACE TEMP VIEW account_map AS
SELECT account_code, account_name,
       CASE WHEN account_name ILIKE 'drug%' THEN 'drugs'
            WHEN account_name ILIKE 'agency %' THEN 'pay_agency'
            WHEN account_name ILIKE 'bank %' OR account_name ILIKE '%bank staff%' THEN 'pay_bank'
            WHEN account_name ILIKE '%staff' THEN 'pay_substantive'
            WHEN account_name ILIKE 'additions%' OR account_name ILIKE '% addns%' THEN 'capital'
            WHEN account_name ILIKE 'dressings' OR account_name ILIKE '%surgical%equip%' THEN 'supplies'
            ELSE 'other' END AS cost_category,
       regexp_matches(account_name, '(?i)^drug|dressings|nurs|surgical.*equip') AS is_direct
FROM (
    SELECT DISTINCT account_code, account_name FROM guys_line
    UNION
    SELECT DISTINCT account_code, account_code FROM vm.fact_cost WHERE provider_code IN ('RQM', 'RVR', 'RKE')
)
WHERE cost_category <> 'other' OR account_code ~ '^[0-9]+$';
