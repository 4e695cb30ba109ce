-- A ratio as it is shown: rounded half up, decided on whole numbers. Parts to nine decimals, 0 to 6 decimals shown.
CREATE OR REPLACE MACRO vm.half_up_ratio(
    numerator /* NUMERIC */, denominator /* NUMERIC */, factor /* NUMERIC */ := 1, decimals /* INTEGER */ := 0
) AS
    /* One expression: within a subquery a reader's count(*) would count that one's single row. By way of text: from 2^64 on
       DuckDB takes one whole number in a hundred for the double beside the nearest one. */
    CASE WHEN denominator::DECIMAL(38,9) <> 0 THEN
        sign(numerator) * sign(denominator) * sign(factor)
        * divide(2 * abs((numerator::DECIMAL(38,9) * 1000000000)::HUGEINT * factor) * pow(10, decimals)::HUGEINT
                 + abs((denominator::DECIMAL(38,9) * 1000000000)::HUGEINT),
                 2 * abs((denominator::DECIMAL(38,9) * 1000000000)::HUGEINT))::VARCHAR::DOUBLE
        / pow(10, decimals)::DOUBLE
    END
