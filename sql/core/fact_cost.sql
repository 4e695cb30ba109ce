-- Every accepted ledger line in force, shared to teams in whole pence that add up to the line.
-- Pence are cut toward zero, then one each goes to the largest remainders, ties to the lower team_code.
-- abs(pence) = q * total + r, so abs(pence) * units // total = q * units + r * units // total: no number leaves BIGINT.
-- The remainders of a line add up to total for each penny that is left to deal. They are worked out anew in the row of
-- each team: a window over all lines holds them in memory at once, twice as much for a million lines, and takes longer.
-- Even shares, those of a single team among them, have equal remainders: the first teams get the pennies, and nothing is
-- listed. That saves a third of the time of a programme that shares half of its cost centres evenly.
-- From £100,000,000,000,000 on, `amount * 100` leaves DECIMAL(18); wide decimals are exact and fifty times slower.
WITH booked AS (
    SELECT batch.provider_code, batch.batch_id, ledger.row_number, ledger.cost_centre_code, ledger.account_code,
           ledger.posting_date, ledger.financial_year, ledger.ledger_period, ledger.amount
    FROM staging.ledger AS ledger
    JOIN staging.month_in_force AS batch USING (content_id, batch_month)
    UNION ALL BY NAME
    FROM core.year_to_date_before
),
line AS (
    SELECT * EXCLUDE (amount),
           CASE WHEN abs(amount) < 100000000000000 THEN (amount * 100)::BIGINT
                ELSE (amount::DECIMAL(38,2) * 100)::BIGINT END AS pence
    FROM booked
),
carried AS (
    SELECT line.*, coalesce(share.team_code, 'UNALLOCATED') AS team_code, share.units, share.total, share.teams,
           share.place, share.units_of_teams, share.is_even
    FROM line
    LEFT JOIN core.cost_centre_share AS share
           ON share.provider_code = line.provider_code
          AND share.cost_centre_code = line.cost_centre_code
          AND line.posting_date BETWEEN share.first_day AND share.last_day
),
cut AS (
    SELECT *,
           abs(pence) // total * units + abs(pence) % total * units // total AS whole,
           abs(pence) % total * units % total AS remainder,
           CASE WHEN NOT is_even
                THEN list_transform(units_of_teams, lambda of_team: abs(pence) % total * of_team % total) END AS remainders
    FROM carried
),
parted AS (
    SELECT * EXCLUDE (pence),
           CASE WHEN is_even
                THEN sign(pence) * (abs(pence) // teams + (place <= abs(pence) % teams)::BIGINT)
                WHEN NOT is_even
                THEN sign(pence) * (whole + (list_sum(remainders) // total > len(list_filter(remainders, lambda other, i:
                     other > remainder OR (other = remainder AND i < place))))::BIGINT)
                ELSE pence END::BIGINT AS pence
    FROM cut
)
SELECT parted.provider_code, parted.team_code, parted.cost_centre_code, parted.account_code,
       coalesce(account.cost_category, 'other') AS cost_category,
       coalesce(account.is_direct, false) AS is_direct,
       parted.posting_date,
       CASE WHEN parted.ledger_period BETWEEN 1 AND 12 THEN date_trunc('week', parted.posting_date)::DATE END AS week_start,
       ledger_month.period, ledger_month.financial_year, parted.ledger_period,
       (parted.pence::DECIMAL(18,0) * 0.01)::DECIMAL(18,2) AS amount_gbp,
       parted.batch_id, parted.row_number
FROM parted
JOIN staging.ledger_month AS ledger_month
  ON ledger_month.year = parted.financial_year AND ledger_month.ledger_period = parted.ledger_period
LEFT JOIN staging.account_map AS account ON account.account_code = parted.account_code
