package io.thalweg.gateway.http.flow;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What had been counted when the node was looked over last, to tell rates from. Safe from any thread. */
final class Counters {
    /** Beyond this, the last count says nothing of now. */
    private static final long STALE_NANOS = 30_000_000_000L;

    private final Map<String, Double> before;
    private final Map<String, Double> now = new ConcurrentHashMap<>();
    private final double seconds;

    private Counters(Map<String, Double> before, double seconds) {
        this.before = before;
        this.seconds = seconds;
    }

    /** @param elapsedNanos since {@code last} began */
    static Counters after(@Nullable Counters last, long elapsedNanos) {
        boolean known = last != null && elapsedNanos > 0 && elapsedNanos < STALE_NANOS;
        return new Counters(known && last != null ? last.now : Map.of(), elapsedNanos / 1e9);
    }

    /** Puts the rate of a counter among the figures, once it is known. A counter that went back tells nothing. */
    void rate(Map<String, Double> figures, String figure, String counter, double value) {
        now.put(counter, value);
        Double last = before.get(counter);
        if (last != null && value >= last) {
            figures.put(figure, (value - last) / seconds);
        }
    }
}
