package io.thalweg.launcher.node;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.thalweg.broker.BrokerMetrics;
import io.thalweg.broker.TopicMetrics;
import io.thalweg.broker.api.BrokerApi;
import io.thalweg.gateway.eventbus.EventBusGatewayMetrics;
import io.thalweg.gateway.http.HttpGatewayMetrics;
import io.thalweg.gateway.kafka.KafkaGatewayMetrics;
import io.thalweg.streams.runtime.RunningStreams;
import io.thalweg.streams.runtime.StreamsMetrics;
import io.thalweg.streams.runtime.StreamsRuntime;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/**
 * The scrape: counters of every module under the names that Kafka's exporters use, as Prometheus text. The registry is
 * built at the first scrape, so that a start pays nothing for it; the modules count in their own LongAdders meanwhile.
 */
final class NodeMetrics implements Supplier<String> {

    private final List<Consumer<PrometheusMeterRegistry>> bindings = new ArrayList<>();
    private final List<Runnable> beforeScrape = new ArrayList<>();
    private @Nullable PrometheusMeterRegistry registry;

    @Override
    public synchronized String get() {
        PrometheusMeterRegistry known = registry();
        beforeScrape.forEach(Runnable::run);
        return known.scrape();
    }

    void broker(BrokerMetrics metrics) {
        bind(registry -> {
            Counters<BrokerMetrics> counters = Counters.of(registry, metrics);
            counters.count("kafka.server.brokertopicmetrics.messagesin", BrokerMetrics::appendRecords);
            counters.count("kafka.server.brokertopicmetrics.bytesin", BrokerMetrics::appendBytes);
            counters.count("kafka.server.brokertopicmetrics.bytesout", BrokerMetrics::fetchBytes);
            counters.count("kafka.server.brokertopicmetrics.totalproducerequests", BrokerMetrics::appendRequests);
            counters.count("kafka.server.brokertopicmetrics.failedproducerequests", BrokerMetrics::appendFailures);
            counters.count("kafka.server.brokertopicmetrics.totalfetchrequests", BrokerMetrics::fetchRequests);
            counters.count("thalweg.broker.appends.throttled", BrokerMetrics::appendsThrottled);
            counters.count("thalweg.broker.appends.duplicate", BrokerMetrics::appendDuplicates);
            counters.count("thalweg.broker.fetches.delayed", BrokerMetrics::fetchesDelayed);
            counters.count("thalweg.broker.reads.tail", BrokerMetrics::tailReads);
            counters.count("thalweg.broker.reads.cold", BrokerMetrics::coldReads);
            counters.count("thalweg.log.commits", BrokerMetrics::commitGroups);
            counters.count("thalweg.log.commit.seconds", found -> found.commitNanos() / 1e9);
            counters.gauge("thalweg.broker.inflight.bytes", BrokerMetrics::inFlightBytes);
            counters.gauge("thalweg.broker.fetches.waiting", BrokerMetrics::fetchWaiters);
        });
    }

    void logs(Vertx vertx, BrokerApi broker) {
        bind(registry -> LogGauges.bind(vertx, broker, registry));
    }

    void topics(BrokerApi broker, TopicMetrics metrics) {
        bind(registry -> beforeScrape.add(new TopicCounters(broker, metrics, registry)));
    }

    void cluster(Vertx vertx, BrokerApi broker, int nodeId) {
        bind(registry -> ClusterGauges.bind(vertx, broker, nodeId, registry));
    }

    void kafka(KafkaGatewayMetrics metrics) {
        bind(registry -> {
            Set<ApiKeys> unseen = EnumSet.allOf(ApiKeys.class);
            beforeScrape.add(() -> unseen.removeIf(key -> bindApi(registry, key, metrics.api(key))));
            connections(registry, "kafka", metrics.connectionsAccepted, metrics.connectionsRefused);
            Counters<KafkaGatewayMetrics> counters = Counters.of(registry, metrics, "door", "kafka");
            counters.count("thalweg.door.connections.cut", found -> found.connectionsCut.sum());
            counters.gauge("kafka.server.socketservermetrics.connection.count", found -> found.connectionsOpen.sum());
        });
    }

    void eventBus(EventBusGatewayMetrics metrics) {
        bind(registry -> {
            Counters<EventBusGatewayMetrics> counters = Counters.of(registry, metrics, "door", "eventBus");
            counters.gauge("thalweg.door.connections.open", EventBusGatewayMetrics::connectionsOpen);
            counters.count("thalweg.door.connections.refused", EventBusGatewayMetrics::connectionsRefused);
            counters.count("thalweg.door.connections.cut", EventBusGatewayMetrics::connectionsCut);
            counters.count("thalweg.door.requests", EventBusGatewayMetrics::messagesIn);
            counters.count("thalweg.door.requests.denied", EventBusGatewayMetrics::messagesDenied);
            counters.count("thalweg.door.requests.failed", EventBusGatewayMetrics::requestsFailed);
            counters.count("thalweg.door.records.published", EventBusGatewayMetrics::recordsPublished);
            counters.count("thalweg.door.records.read", EventBusGatewayMetrics::recordsDelivered);
            counters.gauge("thalweg.door.streams.open", EventBusGatewayMetrics::subscriptionsOpen);
        });
    }

    void connectors(ConnectorsRole role) {
        bind(registry -> beforeScrape.add(new ConnectorGauges(role, registry)));
    }

    void http(HttpGatewayMetrics metrics) {
        bind(registry -> {
            Counters<HttpGatewayMetrics> counters = Counters.of(registry, metrics, "door", "http");
            counters.gauge("thalweg.door.connections.open", HttpGatewayMetrics::connectionsOpen);
            counters.count("thalweg.door.connections.refused", HttpGatewayMetrics::connectionsRefused);
            counters.count("thalweg.door.requests", HttpGatewayMetrics::requests);
            counters.count("thalweg.door.errors.client", HttpGatewayMetrics::clientErrors);
            counters.count("thalweg.door.errors.server", HttpGatewayMetrics::serverErrors);
            counters.count("thalweg.door.records.published", HttpGatewayMetrics::recordsPublished);
            counters.count("thalweg.door.records.read", HttpGatewayMetrics::recordsRead);
            counters.gauge("thalweg.door.streams.open", HttpGatewayMetrics::streamsOpen);
            counters.count("thalweg.door.readers.cut", HttpGatewayMetrics::slowReadersCut);
        });
    }

    /** Applications come and go: what runs is looked up at each scrape. */
    void streams(Vertx vertx) {
        bind(registry -> {
            Set<StreamsRuntime> known = Collections.newSetFromMap(new WeakHashMap<>());
            beforeScrape.add(() -> {
                for (StreamsRuntime runtime : RunningStreams.on(vertx)) {
                    if (known.add(runtime)) {
                        streams(registry, runtime);
                    }
                }
            });
        });
    }

    private static void streams(PrometheusMeterRegistry registry, StreamsRuntime runtime) {
        Counters<StreamsMetrics> counters = Counters.of(registry, runtime.metrics(), "stream", runtime.name());
        counters.count("kafka.streams.process.total", StreamsMetrics::processedRecords);
        counters.count("kafka.streams.commit.total", StreamsMetrics::commits);
        counters.count("kafka.streams.restore.total", StreamsMetrics::restoredRecords);
        counters.count("kafka.streams.dropped.records.total", StreamsMetrics::deadLetters);
        counters.count("kafka.streams.failed.stream.tasks.total", StreamsMetrics::taskFailures);
        counters.count("thalweg.streams.produced.records", StreamsMetrics::producedRecords);
        counters.count("thalweg.streams.produced.bytes", StreamsMetrics::producedBytes);
        counters.count("thalweg.streams.produced.skipped", StreamsMetrics::skippedProductions);
        counters.count("thalweg.streams.commit.failures", StreamsMetrics::commitFailures);
        counters.count("thalweg.streams.commit.seconds", found -> found.commitNanos() / 1e9);
        counters.count("thalweg.streams.turns", StreamsMetrics::turns);
        counters.count("thalweg.streams.output.waits", StreamsMetrics::outputWaits);
        counters.gauge("thalweg.streams.tasks.running", StreamsMetrics::runningTasks);
        counters.gauge("thalweg.streams.tasks.restoring", StreamsMetrics::restoringTasks);
        counters.gauge("thalweg.streams.tasks.failed", StreamsMetrics::failedTasks);
        Counters.of(registry, runtime, "stream", runtime.name())
                .gauge("thalweg.streams.state.bytes", StreamsRuntime::stateBytes);
    }

    /** Binds an API once it was asked for, so that a scrape shows those in use; tells whether it was. */
    private static boolean bindApi(PrometheusMeterRegistry registry, ApiKeys key, KafkaGatewayMetrics.Api api) {
        if (api.requests.sum() == 0) {
            return false;
        }
        Counters<KafkaGatewayMetrics.Api> counters = Counters.of(registry, api, "request", key.name);
        counters.count("kafka.network.requestmetrics.requests", found -> found.requests.sum());
        counters.count("kafka.network.requestmetrics.errors", found -> found.errors.sum());
        counters.count("kafka.network.requestmetrics.requestbytes", found -> found.requestBytes.sum());
        counters.count("kafka.network.requestmetrics.responsebytes", found -> found.responseBytes.sum());
        counters.count("kafka.network.requestmetrics.totaltime.seconds", found -> found.nanos.sum() / 1e9);
        return true;
    }

    private static void connections(
            PrometheusMeterRegistry registry, String door, LongAdder accepted, LongAdder refused) {
        Counters.of(registry, accepted, "door", door).count("thalweg.door.connections.accepted", LongAdder::sum);
        Counters.of(registry, refused, "door", door).count("thalweg.door.connections.refused", LongAdder::sum);
    }

    private synchronized void bind(Consumer<PrometheusMeterRegistry> binding) {
        if (registry == null) {
            bindings.add(binding);
        } else {
            binding.accept(registry);
        }
    }

    private synchronized PrometheusMeterRegistry registry() {
        PrometheusMeterRegistry known = registry;
        if (known == null) {
            known = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            bindJvm(known);
            for (Consumer<PrometheusMeterRegistry> binding : bindings) {
                binding.accept(known);
            }
            bindings.clear();
            registry = known;
        }
        return known;
    }

    @SuppressWarnings("resource") // the listeners live as long as the process
    private static void bindJvm(PrometheusMeterRegistry registry) {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmGcMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /** Meters over one source with the same tags. */
    private record Counters<T>(PrometheusMeterRegistry registry, T source, Tags tags) {

        static <T> Counters<T> of(PrometheusMeterRegistry registry, T source, String... tags) {
            return new Counters<>(registry, source, Tags.of(tags));
        }

        void count(String name, ToDoubleFunction<T> value) {
            FunctionCounter.builder(name, source, value).tags(tags).register(registry);
        }

        void gauge(String name, ToDoubleFunction<T> value) {
            Gauge.builder(name, source, value).tags(tags).strongReference(true).register(registry);
        }
    }
}
