package io.thalweg.cluster.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.testkit.Seeds;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SplitWatchTest {

    private static final long STUCK_AFTER = 30;

    @Test
    void whoSeesAllThatItTalksToStays() {
        SplitWatch watch = new SplitWatch(3, STUCK_AFTER);

        assertThat(watch.shouldRejoin(Set.of(1, 2, 3), Set.of(1, 2), 0)).isFalse();
        assertThat(watch.shouldRejoin(Set.of(1, 2, 3), Set.of(1), 1_000)).isFalse();
    }

    @Test
    void theLesserSideGoesAndOnlyOnceInAWhile() {
        SplitWatch watch = new SplitWatch(1, STUCK_AFTER);

        assertThat(watch.shouldRejoin(Set.of(1), Set.of(2, 3), 100)).isFalse();
        assertThat(watch.shouldRejoin(Set.of(1), Set.of(2, 3), 129)).isFalse();
        assertThat(watch.shouldRejoin(Set.of(1), Set.of(2, 3), 130)).isTrue();
        assertThat(watch.shouldRejoin(Set.of(1), Set.of(2, 3), 131)).isFalse();
        assertThat(watch.shouldRejoin(Set.of(1), Set.of(2, 3), 160)).isTrue();
    }

    @Test
    void aSplitThatHealedIsForgotten() {
        SplitWatch watch = new SplitWatch(1, STUCK_AFTER);
        assertThat(watch.shouldRejoin(Set.of(1), Set.of(2, 3), 100)).isFalse();
        assertThat(watch.shouldRejoin(Set.of(1, 2, 3), Set.of(2, 3), 120)).isFalse();

        assertThat(watch.shouldRejoin(Set.of(1), Set.of(2, 3), 135)).isFalse();
    }

    @Seeds(count = 500)
    void ofTwoSidesThatTalkExactlyOneGoes(long seed) {
        Random random = new Random(seed);
        Set<Integer> left = new HashSet<>(Set.of(1 + random.nextInt(3)));
        Set<Integer> right = new HashSet<>(Set.of(4 + random.nextInt(3)));
        for (int broker = 10; broker < 10 + random.nextInt(6); broker++) {
            (random.nextBoolean() ? left : right).add(broker);
        }
        Set<Integer> all = new HashSet<>(left);
        all.addAll(right);

        boolean leftGoes = goes(left, all);
        boolean rightGoes = goes(right, all);

        assertThat(leftGoes).as("left=%s right=%s", left, right).isNotEqualTo(rightGoes);
        assertThat(leftGoes ? left.size() : right.size()).isLessThanOrEqualTo(leftGoes ? right.size() : left.size());
    }

    /** All brokers of a side decide alike. */
    private static boolean goes(Set<Integer> side, Set<Integer> all) {
        Set<Boolean> decisions = new HashSet<>();
        for (int broker : side) {
            SplitWatch watch = new SplitWatch(broker, STUCK_AFTER);
            watch.shouldRejoin(side, all, 0);
            decisions.add(watch.shouldRejoin(side, all, STUCK_AFTER));
        }
        assertThat(decisions).hasSize(1);
        return decisions.iterator().next();
    }
}
