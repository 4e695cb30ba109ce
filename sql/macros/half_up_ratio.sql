-- A ratio as it is shown: rounded half up, decided on whole numbers. Parts to nine decimals, 0 to 6 decimals shown.
CREATE OR REPLACE MACRO vm.half_up_ratio(numerator, denominator, factor := 1, decimals := 0) AS (
    SELECT CASE WHEN part.below <> 0 THEN
               sign(part.above) * sign(part.below)
               * ((2 * abs(part.above) * part.steps + abs(part.below)) // (2 * abs(part.below)))::DOUBLE
               / part.steps::DOUBLE
           END
    FROM (SELECT (numerator::DECIMAL(38,9) * 1000000000)::HUGEINT * factor AS above,
                 (denominator::DECIMAL(38,9) * 1000000000)::HUGEINT AS below,
                 pow(10, decimals)::HUGEINT AS steps) AS part
)
