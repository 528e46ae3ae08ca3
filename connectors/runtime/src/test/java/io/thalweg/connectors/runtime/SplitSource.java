package io.thalweg.connectors.runtime;

import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.api.SourceBatch;
import io.thalweg.connectors.api.SourcePlugin;
import io.thalweg.connectors.api.SourceRecord;
import io.thalweg.connectors.api.SourceTask;
import io.thalweg.connectors.api.SourceTaskContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An exact source with as many tasks as it may have: each tells {@code <task>:<number>} from 0 on, a few at a time, for as long
 * as it runs or up to {@code count}. One for each node, which all write down what happens: {@code name=split}.
 */
public final class SplitSource implements SourcePlugin {

    /** What happened, in order. */
    public record Event(String task, int node, String what) {}

    /** Of all nodes of this process. */
    public static final class Witness {
        public final List<Event> events = new CopyOnWriteArrayList<>();

        /** Starts that hang, by task. */
        public final Map<String, Promise<Void>> hanging = new ConcurrentHashMap<>();

        /** Tasks that fail at their next poll. */
        public final Map<String, Boolean> failing = new ConcurrentHashMap<>();

        public long count(String what) {
            return events.stream().filter(event -> event.what().equals(what)).count();
        }
    }

    private final int node;
    private final Witness witness;

    public SplitSource(int node, Witness witness) {
        this.node = node;
        this.witness = witness;
    }

    @Override
    public String name() {
        return "split";
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public String description() {
        return "Counts several times.";
    }

    @Override
    public JsonObject configSchema() {
        return new JsonObject()
                .put("type", "object")
                .put(
                        "properties",
                        new JsonObject()
                                .put(
                                        "topic",
                                        new JsonObject().put("type", "string").put("description", "Where to."))
                                .put(
                                        "count",
                                        new JsonObject()
                                                .put("type", "integer")
                                                .put("default", 1_000_000)
                                                .put("description", "How many.")))
                .put("required", new JsonArray().add("topic"));
    }

    @Override
    public List<JsonObject> taskConfigs(JsonObject config, int tasksMax) {
        List<JsonObject> configs = new ArrayList<>();
        for (int i = 0; i < tasksMax; i++) {
            configs.add(config.copy());
        }
        return configs;
    }

    @Override
    public ConnectorPlugin.Delivery delivery() {
        return ConnectorPlugin.Delivery.EXACTLY_ONCE;
    }

    @Override
    public SourceTask newTask() {
        return new Task();
    }

    private final class Task implements SourceTask {
        private SourceTaskContext context;
        private String name;
        private JsonObject partition;
        private int next;

        @Override
        public Future<Void> start(SourceTaskContext given) {
            context = given;
            name = given.connectorName() + "-" + given.taskIndex();
            partition = new JsonObject().put("counter", given.taskIndex());
            JsonObject position = given.position(partition);
            next = position == null ? 0 : position.getInteger("next");
            witness.events.add(new Event(name, node, "start"));
            Promise<Void> hangs = witness.hanging.get(name);
            return hangs == null ? Future.succeededFuture() : hangs.future();
        }

        @Override
        public Future<SourceBatch> poll(int recordsMax, int bytesMax) {
            if (witness.failing.remove(name) != null) {
                return Future.failedFuture(new IllegalStateException("told to fail on node " + node));
            }
            Promise<SourceBatch> batch = Promise.promise();
            context.vertx().setTimer(5, due -> batch.complete(next()));
            return batch.future();
        }

        private SourceBatch next() {
            int count = context.config().getInteger("count");
            List<SourceRecord> records = new ArrayList<>();
            for (int i = 0; i < 3 && next < count; i++) {
                records.add(SourceRecord.of(
                        context.config().getString("topic"), "k" + next % 7, context.taskIndex() + ":" + next++));
            }
            return records.isEmpty()
                    ? SourceBatch.none()
                    : new SourceBatch(partition, new JsonObject().put("next", next), records);
        }

        @Override
        public Future<Void> stop() {
            witness.events.add(new Event(name, node, "stop"));
            return Future.succeededFuture();
        }
    }
}
