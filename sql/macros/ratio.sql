-- Every ratio indicator: factor * numerator / denominator, one division at full precision; none where nothing is below.
-- Nothing of a negative whole is 0, never -0: the same number, which is printed in another way.
CREATE OR REPLACE MACRO vm.ratio(
    numerator /* DOUBLE PRECISION */, denominator /* DOUBLE PRECISION */, factor /* DOUBLE PRECISION */ := 1
) AS
    factor * numerator::DOUBLE / nullif(denominator, 0)::DOUBLE + 0
