package io.thalweg.gateway.http.flow;

import io.thalweg.broker.api.BrokerApi;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The graph of now, with rates since it was asked for before. Looks at nothing while nobody asks. */
public final class FlowSampler {
    private static final long INTERVAL_NANOS_MIN = 1_000_000_000;
    /** What a look costs, times this, passes before the next one. */
    private static final long REST_FACTOR = 10;

    private final BrokerFlow brokerFlow;
    private final FlowSources sources;
    private final LongSupplier nanoTime;
    private @Nullable Future<FlowGraph> latest;
    private @Nullable Counters counters;
    private long beganNanos;
    private long costNanos;

    /** @param ageMillis of the record at an offset of a partition; -1 if it is not known */
    public FlowSampler(
            BrokerApi broker,
            FlowSources sources,
            BiFunction<TopicPartition, Long, Future<Long>> ageMillis,
            LongSupplier nanoTime) {
        this.brokerFlow = new BrokerFlow(broker, ageMillis);
        this.sources = sources;
        this.nanoTime = nanoTime;
    }

    /** At most a second old, unless looking takes long. */
    public synchronized Future<FlowGraph> graph() {
        long now = nanoTime.getAsLong();
        Future<FlowGraph> known = latest;
        boolean fresh = now - beganNanos < Math.max(INTERVAL_NANOS_MIN, costNanos * REST_FACTOR);
        if (known != null && (!known.isComplete() || (fresh && known.succeeded()))) {
            return known;
        }
        Counters counting = Counters.after(counters, now - beganNanos);
        counters = counting;
        beganNanos = now;
        Future<FlowGraph> looked = Future.all(brokerFlow.flow(counting), sources.parts())
                .map(both -> {
                    List<FlowGraph> parts = new ArrayList<>();
                    parts.add(both.resultAt(0));
                    both.<List<FlowGraph>>resultAt(1).forEach(part -> parts.add(MoverRates.add(part, counting)));
                    return FlowAssembly.of(parts);
                })
                .onComplete(done -> looked(now));
        latest = looked;
        return looked;
    }

    private synchronized void looked(long began) {
        costNanos = nanoTime.getAsLong() - began;
    }
}
