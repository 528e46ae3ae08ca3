package io.thalweg.streams.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.streams.GroupedStream;
import io.thalweg.streams.Serdes;
import io.thalweg.streams.StreamApp;
import io.thalweg.streams.Tumbling;
import io.thalweg.streams.topology.StoreSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the changelog of a window store holds no row of any more that is alive. */
final class ChangelogExpiryTest {

    private final TaskProgress progress = new TaskProgress();
    private final ChangelogExpiry expiry = new ChangelogExpiry(stores());

    /** A window store that keeps 1,600 ms, and one that keeps everything. */
    private static List<StoreSpec> stores() {
        StreamApp app = StreamApp.named("app");
        GroupedStream<String, String> grouped =
                app.stream("in", Serdes.string(), Serdes.string()).groupByKey();
        grouped.window("windows", Tumbling.of(Duration.ofMillis(1_600)).grace(Duration.ZERO))
                .count();
        grouped.count("rows");
        return app.topology().subTopologies().get(0).stores();
    }

    private Map<String, Long> commit(long end, long timeMillis) {
        progress.begin(Map.of(), Map.of("windows", end, "rows", end));
        expiry.onCommitted(progress, Map.of("windows", timeMillis));
        return expiry.expired();
    }

    @Test
    void whatIsAliveStays() {
        assertThat(commit(10, 5_000)).isEmpty();
        assertThat(commit(20, 6_599)).isEmpty();
    }

    @Test
    void whatWasWrittenBeforeTimeWentOnByTheRetentionHasExpired() {
        commit(10, 5_000);
        commit(20, 5_100);

        assertThat(commit(30, 6_600)).isEqualTo(Map.of("windows", 10L));
        assertThat(commit(40, 6_700)).isEqualTo(Map.of("windows", 20L));
        assertThat(commit(50, 20_000)).isEqualTo(Map.of("windows", 40L));
    }

    @Test
    void changesOfOneStepAreToldTogetherAndNotTooEarly() {
        commit(10, 5_000);
        commit(20, 5_099); // in the step of the one before
        commit(30, 5_100);

        assertThat(commit(40, 6_699)).isEqualTo(Map.of("windows", 10L));
        assertThat(commit(50, 6_700)).isEqualTo(Map.of("windows", 30L));
    }

    @Test
    void aChangelogWhoseEndIsNotKnownTellsNothing() {
        commit(10, 5_000);

        assertThat(commit(AckBarrier.UNKNOWN, 50_000)).isEmpty();
    }
}
