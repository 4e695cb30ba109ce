-- The price list.
SELECT provider_code, item_code, coalesce(valid_from, DATE '1900-01-01') AS valid_from, valid_to, price
FROM staging.prices
