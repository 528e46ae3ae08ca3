package io.thalweg.connectors.runtime;

import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.api.SourceBatch;
import io.thalweg.connectors.api.SourcePlugin;
import io.thalweg.connectors.api.SourceRecord;
import io.thalweg.connectors.api.SourceTask;
import io.thalweg.connectors.api.SourceTaskContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** A source that tells the numbers from 0 up to {@code count}, the same from any position: {@code name=counting}. */
public final class CountingSource implements SourcePlugin {

    private static final JsonObject PARTITION = new JsonObject().put("counter", "main");

    @Override
    public String name() {
        return "counting";
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public String description() {
        return "Counts.";
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
                                                .put("minimum", 0)
                                                .put("default", 1000)
                                                .put("description", "How many."))
                                .put(
                                        "fail.at",
                                        new JsonObject()
                                                .put("type", "integer")
                                                .put("default", -1)
                                                .put("description", "Fails there."))
                                .put(
                                        "password",
                                        new JsonObject()
                                                .put("type", "string")
                                                .put("x-secret", true)
                                                .put("default", "")
                                                .put("description", "Nothing is done with it.")))
                .put("required", new io.vertx.core.json.JsonArray().add("topic"));
    }

    @Override
    public ConnectorPlugin.Delivery delivery() {
        return ConnectorPlugin.Delivery.EXACTLY_ONCE;
    }

    @Override
    public SourceTask newTask() {
        return new Task();
    }

    private static final class Task implements SourceTask {
        private SourceTaskContext context;
        private long next;

        @Override
        public Future<Void> start(SourceTaskContext given) {
            context = given;
            JsonObject position = given.position(PARTITION);
            next = position == null ? 0 : position.getLong("next");
            return Future.succeededFuture();
        }

        @Override
        public Future<SourceBatch> poll(int recordsMax, int bytesMax) {
            long count = context.config().getLong("count");
            if (next == context.config().getLong("fail.at")) {
                return Future.failedFuture(new IllegalStateException("told to fail at " + next + " with "
                        + context.config().getString("password") + " for "
                        + context.shownConfig().getString("password")));
            }
            if (next >= count) {
                Promise<SourceBatch> nothing = Promise.promise();
                context.vertx().setTimer(20, timer -> nothing.complete(SourceBatch.none()));
                return nothing.future();
            }
            List<SourceRecord> records = new ArrayList<>();
            while (next < count && records.size() < Math.min(recordsMax, 100)) {
                records.add(SourceRecord.of(context.config().getString("topic"), "k" + next % 10, (int) next));
                next++;
            }
            return Future.succeededFuture(new SourceBatch(PARTITION, new JsonObject().put("next", next), records));
        }

        @Override
        public Future<Void> stop() {
            return Future.succeededFuture();
        }
    }
}
