package io.thalweg.replication.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.testkit.Seeds;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whole nodes with many partitions: no fault that the model knows breaks a safety rule, and when faults end every partition
 * serves again, all copies agree, and nothing changes any more. Goal: find what {@link ReplicationSimulationTest} cannot see, in
 * sessions, batches, frames, promises on disk, and effects that wait. Method: seeded random walks.
 */
class NodesSimulationTest {

    private static final int SEEDS_TO_FIND_A_BUG = 2_000;

    @Seeds(count = 500)
    void nothingCommittedIsLostAndAllPartitionsRecover(long seed) {
        holds(seed);
    }

    @Tag("heavy")
    @Seeds(count = 20_000)
    void nothingCommittedIsLostAndAllPartitionsRecoverInManyMore(long seed) {
        holds(1_000_000 + seed);
    }

    private static void holds(long seed) {
        NodesSimulation.Report report = new NodesSimulation(seed, NodesBrokenRule.NONE).run();
        assertThat(report.acknowledged()).isPositive();
        assertThat(report.elections()).isPositive();
        assertThat(report.faults()).isPositive();
    }

    @Seeds(count = 5)
    void aHealthyClusterElectsItsLeadersAtOnceAndNoneAfterThat(long seed) {
        NodesSimulation.Report report = new NodesSimulation(seed, NodesBrokenRule.NONE).runQuietly(60_000_000);
        assertThat(report.elections()).isBetween(report.partitions(), 2 * report.partitions());
    }

    @Seeds(count = 5)
    void handingOverLosesNothingThatALeaderHas(long seed) {
        NodesSimulation.Report report = new NodesSimulation(seed, NodesBrokenRule.NONE).runHandOvers(5_000_000);
        assertThat(report.elections()).isGreaterThan(2 * report.partitions());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void findsABrokenRule(NodesBrokenRule rule) {
        for (int seed = 0; seed < SEEDS_TO_FIND_A_BUG; seed++) {
            try {
                new NodesSimulation(seed, rule).run();
            } catch (AssertionError found) {
                // Other rules and the engine's own checks may notice first; the one that this bug breaks must, too.
                if (rule.isFoundBy(found)) {
                    return;
                }
            }
        }
        throw new AssertionError("what it breaks was not found in " + SEEDS_TO_FIND_A_BUG + " seeds: " + rule);
    }

    @Test
    void aSeedReplays() {
        NodesSimulation.Report first = new NodesSimulation(4711, NodesBrokenRule.NONE).run();
        NodesSimulation.Report second = new NodesSimulation(4711, NodesBrokenRule.NONE).run();
        assertThat(second).isEqualTo(first);
    }
}
