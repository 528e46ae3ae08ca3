package io.thalweg.connectors.runtime;

import io.thalweg.connectors.api.RetriableException;
import io.thalweg.connectors.api.SinkPlugin;
import io.thalweg.connectors.api.SinkRecord;
import io.thalweg.connectors.api.SinkTask;
import io.thalweg.connectors.api.SinkTaskContext;
import io.thalweg.connectors.api.TopicPartition;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** A sink that keeps what it is given in memory: {@code name=collecting}. Refuses values that equal {@code refuse}. */
public final class CollectingSink implements SinkPlugin {

    /** By connector. */
    static final Map<String, List<Object>> COLLECTED = new ConcurrentHashMap<>();

    static final Map<String, AtomicInteger> FAILURES = new ConcurrentHashMap<>();

    /** Told of each record that was collected. */
    private static final Object CHANGED = new Object();

    private static final long WAIT_MILLIS = 60_000;

    /** Waits for so many. */
    static List<Object> collected(String connector, int count) throws Exception {
        long deadline = System.nanoTime() / 1_000_000 + WAIT_MILLIS;
        synchronized (CHANGED) {
            while (collected(connector).size() < count) {
                long left = deadline - System.nanoTime() / 1_000_000;
                if (left <= 0) {
                    throw new TimeoutException("not within a minute; collected=" + collected(connector));
                }
                CHANGED.wait(left);
            }
            return collected(connector);
        }
    }

    static List<Object> collected(String connector) {
        return COLLECTED.computeIfAbsent(connector, name -> new CopyOnWriteArrayList<>());
    }

    @Override
    public String name() {
        return "collecting";
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public String description() {
        return "Collects.";
    }

    @Override
    public JsonObject configSchema() {
        return new JsonObject()
                .put("type", "object")
                .put(
                        "properties",
                        new JsonObject()
                                .put(
                                        "refuse",
                                        new JsonObject().put("type", "string").put("description", "What to refuse."))
                                .put(
                                        "retries",
                                        new JsonObject()
                                                .put("type", "integer")
                                                .put("default", 0)
                                                .put("description", "How often to fail first.")));
    }

    @Override
    public Delivery delivery() {
        return Delivery.AT_LEAST_ONCE;
    }

    @Override
    public SinkTask newTask() {
        return new Task();
    }

    private static final class Task implements SinkTask {
        private SinkTaskContext context;

        @Override
        public Future<Void> start(SinkTaskContext given) {
            context = given;
            return Future.succeededFuture();
        }

        @Override
        public Future<Map<TopicPartition, Long>> assigned(Set<TopicPartition> partitions) {
            return Future.succeededFuture(Map.of());
        }

        @Override
        public Future<Void> put(List<SinkRecord> records) {
            String name = context.connectorName();
            AtomicInteger failed = FAILURES.computeIfAbsent(name, connector -> new AtomicInteger());
            if (failed.get() < context.config().getInteger("retries")) {
                failed.incrementAndGet();
                return Future.failedFuture(new RetriableException("later", null));
            }
            Future<Void> refused = Future.succeededFuture();
            for (SinkRecord record : records) {
                if (String.valueOf(record.value()).equals(context.config().getString("refuse"))) {
                    refused = refused.compose(
                            before -> context.refuse(record, new IllegalArgumentException("I do not like it")));
                } else {
                    synchronized (CHANGED) {
                        collected(name).add(record.value());
                        CHANGED.notifyAll();
                    }
                }
            }
            return refused;
        }

        @Override
        public Future<Void> stop() {
            return Future.succeededFuture();
        }
    }
}
