package io.thalweg.launcher.node;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.thalweg.broker.TopicMetrics;
import io.thalweg.broker.TopicMetrics.Traffic;
import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterView;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Shows what went into and out of each topic; to be run before each scrape, since topics come and go. */
final class TopicCounters implements Runnable {

    /** No topic can have this name. */
    private static final String OTHERS = "(others)";

    private final BrokerApi broker;
    private final TopicMetrics metrics;
    private final MeterRegistry registry;
    private final Map<Traffic, List<Meter>> shown = new HashMap<>();

    TopicCounters(BrokerApi broker, TopicMetrics metrics, MeterRegistry registry) {
        this.broker = broker;
        this.metrics = metrics;
        this.registry = registry;
        show(metrics.others(), OTHERS);
    }

    @Override
    public void run() {
        ClusterView view = broker.cluster();
        metrics.retain(topicId -> view.topicName(topicId) != null);
        List<Traffic> topics = List.copyOf(metrics.topics());
        for (Iterator<Map.Entry<Traffic, List<Meter>>> known = shown.entrySet().iterator(); known.hasNext(); ) {
            Map.Entry<Traffic, List<Meter>> one = known.next();
            if (one.getKey() != metrics.others() && !topics.contains(one.getKey())) {
                one.getValue().forEach(registry::remove);
                known.remove();
            }
        }
        for (Traffic traffic : topics) {
            String name = view.topicName(traffic.topicId());
            if (name != null && !shown.containsKey(traffic)) {
                show(traffic, name);
            }
        }
    }

    private void show(Traffic traffic, String topic) {
        shown.put(
                traffic,
                List.of(
                        counter("kafka.server.topicmetrics.messagesin", traffic, topic, Traffic::recordsIn),
                        counter("kafka.server.topicmetrics.bytesin", traffic, topic, Traffic::bytesIn),
                        counter("kafka.server.topicmetrics.messagesout", traffic, topic, Traffic::recordsOut),
                        counter("kafka.server.topicmetrics.bytesout", traffic, topic, Traffic::bytesOut)));
    }

    private Meter counter(String name, Traffic traffic, String topic, ToDoubleFunction<Traffic> value) {
        return FunctionCounter.builder(name, traffic, value)
                .tags("topic", topic)
                .register(registry);
    }
}
