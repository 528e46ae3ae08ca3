package io.thalweg.streams.processor;

import io.thalweg.streams.Aggregator;
import io.thalweg.streams.Merger;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an aggregation computes: an initial value and, for each input, how a record changes it.
 *
 * @param initializer may return null, for a reduction
 * @param aggregators one for each input of the node
 * @param merger of two sessions' aggregates; null where there are no sessions
 */
public record Aggregation(
        Supplier<@Nullable Object> initializer,
        List<Aggregator<Object, Object, Object>> aggregators,
        @Nullable Merger<Object, Object> merger) {

    public Aggregation {
        aggregators = List.copyOf(aggregators);
    }

    /** Of one input. */
    public static Aggregation of(
            Supplier<@Nullable Object> initializer,
            Aggregator<Object, Object, Object> aggregator,
            @Nullable Merger<Object, Object> merger) {
        return new Aggregation(initializer, List.of(aggregator), merger);
    }

    /** The new aggregate; null for none. */
    @SuppressWarnings("NullAway") // the user's function sees null values and aggregates as they are
    @Nullable
    Object apply(int input, Object key, @Nullable Object value, @Nullable Object aggregate) {
        return aggregators.get(input).apply(key, value, aggregate);
    }
}
