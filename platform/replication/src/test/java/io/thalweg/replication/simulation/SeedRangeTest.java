package io.thalweg.replication.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** For as long as somebody wants: {@code -Dthalweg.simulation.seeds=FROM-TO}; see docs/HACKING.md. */
@EnabledIfSystemProperty(named = SeedRangeTest.SEEDS, matches = "\\d+-\\d+", disabledReason = "no range of seeds is given")
class SeedRangeTest {

    static final String SEEDS = "thalweg.simulation.seeds";

    @ParameterizedTest
    @ValueSource(strings = {"replica", "nodes"})
    void noSeedOfTheRangeBreaksARule(String kind) {
        String[] range = System.getProperty(SEEDS).split("-");
        assertThat(new SeedRange(kind, Long.parseLong(range[0]), Long.parseLong(range[1])).run())
                .isZero();
    }
}
