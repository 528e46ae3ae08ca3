package io.thalweg.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

@DisabledIfSystemProperty(named = "thalweg.seed", matches = ".*", disabledReason = "counts the seeds")
@DisabledIfSystemProperty(named = "thalweg.seeds.count", matches = ".*", disabledReason = "counts the seeds")
class SeedsTest {

    private static final Set<Long> SEEN = new TreeSet<>();

    @Seeds(count = 5)
    void givesEachSeedOnce(long seed) {
        assertThat(SEEN.add(seed)).isTrue();
    }

    @AfterAll
    static void gaveAllOfThem() {
        assertThat(SEEN).hasSize(5);
    }
}
