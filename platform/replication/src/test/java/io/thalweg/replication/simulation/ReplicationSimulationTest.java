package io.thalweg.replication.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.testkit.Seeds;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * No fault that the model knows breaks a safety rule, and when faults end the partition serves again. Goal: find a
 * sequence of messages, crashes and flushes that breaks a rule of {@link Invariants}. Method: seeded random walks.
 */
class ReplicationSimulationTest {

    /** Most are found by the first ten. */
    private static final int SEEDS_TO_FIND_A_BUG = 2_000;

    @Seeds(count = 500)
    void nothingCommittedIsLostAndThePartitionRecovers(long seed) {
        holds(seed);
    }

    @Tag("heavy")
    @Seeds(count = 20_000)
    void nothingCommittedIsLostAndThePartitionRecoversInManyMore(long seed) {
        holds(1_000_000 + seed);
    }

    private static void holds(long seed) {
        Simulation.Report report = new Simulation(seed, BrokenRule.NONE).run();
        assertThat(report.acknowledged()).isPositive();
        assertThat(report.elections()).isPositive();
        assertThat(report.faults()).isPositive();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void findsABrokenRule(BrokenRule rule) {
        for (int seed = 0; seed < SEEDS_TO_FIND_A_BUG; seed++) {
            try {
                new Simulation(seed, rule).run();
            } catch (AssertionError found) {
                // Other rules and the engine's own checks may notice first; the one that this bug breaks must, too.
                if (BrokenInvariant.isCauseOf(found, rule.broken())) {
                    return;
                }
            }
        }
        throw new AssertionError(
                "no " + rule.broken().getSimpleName() + " in " + SEEDS_TO_FIND_A_BUG + " seeds of " + rule);
    }
}
