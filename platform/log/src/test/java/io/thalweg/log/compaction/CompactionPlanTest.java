package io.thalweg.log.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompactionPlanTest {

    private static final long NOW = 1_000_000;
    private static final List<ClosedSegment> SEGMENTS =
            List.of(segment(0, 100, 600, 1_000), segment(100, 200, 200, 500_000), segment(200, 300, 200, 999_000));

    @Test
    void endsBeforeWhatIsNotStable() {
        assertThat(plan(0, 300, 0, Long.MAX_VALUE).endOffset()).isEqualTo(300);
        assertThat(plan(0, 299, 0, Long.MAX_VALUE).endOffset()).isEqualTo(200);
        assertThat(plan(0, 99, 0, Long.MAX_VALUE).worthIt(0)).isFalse();
    }

    @Test
    void endsBeforeWhatIsTooYoung() {
        assertThat(plan(0, 300, 10_000, Long.MAX_VALUE).endOffset()).isEqualTo(200);
        assertThat(plan(0, 300, 600_000, Long.MAX_VALUE).endOffset()).isEqualTo(100);
        assertThat(plan(200, 300, 10_000, Long.MAX_VALUE).worthIt(0)).isFalse();
    }

    @Test
    void isWorthItFromTheDirtyRatioOn() {
        CompactionPlan plan = plan(100, 300, 0, Long.MAX_VALUE);
        assertThat(plan.dirtyRatio()).isEqualTo(0.4);
        assertThat(plan.worthIt(0.39)).isTrue();
        assertThat(plan.worthIt(0.4)).isFalse();
        assertThat(plan(300, 300, 0, Long.MAX_VALUE).worthIt(0)).isFalse();
    }

    @Test
    void isWorthItWhenSomethingWaitedTooLong() {
        assertThat(plan(100, 300, 0, 500_001).worthIt(1)).isFalse();
        assertThat(plan(100, 300, 0, 499_999).worthIt(1)).isTrue();
        assertThat(plan(200, 300, 0, 499_999).worthIt(1)).isFalse();
    }

    @Test
    void beginsAgainWhereTheLogBeginsAfterItsStartMoved() {
        List<ClosedSegment> rest = SEGMENTS.subList(1, 3);
        assertThat(CompactionPlan.of(rest, 50, 300, 0, Long.MAX_VALUE, NOW).firstDirtyOffset())
                .isEqualTo(100);
        // Truncated and written anew: what was clean is not any more.
        assertThat(CompactionPlan.of(rest, 5_000, 300, 0, Long.MAX_VALUE, NOW).firstDirtyOffset())
                .isEqualTo(100);
    }

    private static CompactionPlan plan(long firstDirty, long stable, long minLag, long maxLag) {
        return CompactionPlan.of(SEGMENTS, firstDirty, stable, minLag, maxLag, NOW);
    }

    private static ClosedSegment segment(long base, long next, int size, long timestamp) {
        return new ClosedSegment(Path.of("/data/" + base + ".log"), base, next, size, timestamp, timestamp);
    }
}
