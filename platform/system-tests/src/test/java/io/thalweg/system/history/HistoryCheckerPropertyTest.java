package io.thalweg.system.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.history.HistoryChecker.Verdict;
import io.thalweg.system.history.ModelLog.Defect;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The checker itself is checked: it must pass correct logs and catch every defect that a seed gave occasion to. */
class HistoryCheckerPropertyTest {

    private static final int SEEDS = 200;
    private static final int OPERATIONS = 150;

    @ParameterizedTest
    @EnumSource(Defect.class)
    void findsExactlyTheHistoriesWithADefect(Defect defect) {
        int struck = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            History history = ModelLog.generate(seed, defect, OPERATIONS);
            if (history == null) {
                continue;
            }
            struck++;
            Verdict verdict = HistoryChecker.check(history);
            assertThat(verdict.valid())
                    .as("defect=%s seed=%d verdict=%s", defect, seed, verdict)
                    .isEqualTo(defect == Defect.NONE);
        }
        assertThat(struck).as("seeds in which %s struck", defect).isGreaterThan(SEEDS / 4);
    }
}
