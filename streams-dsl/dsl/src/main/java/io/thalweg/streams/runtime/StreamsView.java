package io.thalweg.streams.runtime;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.streams.store.GlobalStore;
import io.thalweg.streams.store.StateStore;
import io.thalweg.streams.store.StoreRow;
import io.thalweg.streams.topology.GlobalTableSpec;
import io.thalweg.streams.topology.StoreSpec;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** An application as JSON, for people and for the console. Each processor is asked on its own context. */
final class StreamsView {

    private static final int TRACE_CHARS_MAX = 8_000;

    /** What a listing looks at before it gives up, so that it does not hold the event loop. */
    private static final int ROWS_SCANNED_MAX = 10_000;

    private StreamsView() {}

    /** What one processor says of its tasks. */
    private record LoopView(JsonArray tasks, Map<String, Long> records, Map<String, Double> rates) {}

    static Future<JsonObject> describe(StreamsRuntime runtime, ApplicationRun app, List<ProcessorLoop> loops) {
        List<Future<LoopView>> views = new ArrayList<>();
        for (int i = 0; i < loops.size(); i++) {
            ProcessorLoop loop = loops.get(i);
            int processor = i;
            views.add(Contexts.on(
                    loop.context(),
                    () -> Future.succeededFuture(new LoopView(
                            tasks(loop, processor),
                            NodeRates.count(loop.tasks()),
                            loop.rates().perSecond()))));
        }
        return Future.all(views).map(all -> merged(runtime, app, all.<LoopView>list()));
    }

    private static JsonObject merged(StreamsRuntime runtime, ApplicationRun app, List<LoopView> views) {
        TreeMap<String, JsonObject> byTask = new TreeMap<>();
        Map<String, Long> records = new TreeMap<>();
        Map<String, Double> rates = new TreeMap<>();
        long lag = 0;
        for (LoopView view : views) {
            for (int i = 0; i < view.tasks.size(); i++) {
                JsonObject task = view.tasks.getJsonObject(i);
                byTask.put(task.getString("id"), task);
                lag += Math.max(0, task.getLong("lag", 0L));
            }
            view.records.forEach((node, count) -> records.merge(node, count, Long::sum));
            view.rates.forEach((node, rate) -> rates.merge(node, rate, Double::sum));
        }
        JsonObject nodes = new JsonObject();
        records.forEach((node, count) -> nodes.put(
                node,
                new JsonObject()
                        .put("records", count)
                        .put("recordsPerSecond", rounded(rates.getOrDefault(node, 0.0)))));
        Throwable failure = runtime.failure();
        return new JsonObject()
                .put("name", app.application())
                .put("state", runtime.state().name())
                .put("failure", failure == null ? null : failure(failure))
                .put("lag", lag)
                .put("topology", app.topology().toJson())
                .put("nodes", nodes)
                .put("tasks", new JsonArray(List.copyOf(byTask.values())))
                .put("globalTables", globals(app))
                .put("metrics", metrics(app));
    }

    private static double rounded(double rate) {
        return Math.round(rate * 10) / 10.0;
    }

    private static JsonArray tasks(ProcessorLoop loop, int processor) {
        JsonArray tasks = new JsonArray();
        for (TaskRunner runner : loop.tasks()) {
            TaskState state = runner.state();
            JsonArray inputs = new JsonArray();
            long lag = inputs(runner, inputs);
            JsonObject task = new JsonObject()
                    .put("id", runner.id().toString())
                    .put("subTopology", runner.id().subTopology())
                    .put("partition", runner.id().partition())
                    .put("processor", processor)
                    .put("state", state == TaskState.RUNNING && loop.paused() ? "PAUSED" : state.name())
                    .put("processedRecords", runner.processedRecords())
                    .put("failedRecords", runner.task().failedRecords())
                    .put("streamTime", runner.task().streamTimeMillis())
                    .put("lag", lag)
                    .put("inputs", inputs)
                    .put("stores", stores(runner))
                    .put("restoredRecords", runner.restore().restoredRecords());
            if (state == TaskState.RESTORING) {
                task.put("restoreRemaining", runner.restore().remaining());
            }
            Throwable failure = runner.failure();
            if (failure != null) {
                task.put("failure", failure(failure));
            }
            tasks.add(task);
        }
        return tasks;
    }

    /** @return records that are not processed yet, as far as it is known */
    private static long inputs(TaskRunner runner, JsonArray inputs) {
        Map<TopicPartition, Long> ends = runner.inputs().endOffsets();
        long total = 0;
        for (Map.Entry<TopicPartition, Long> entry : runner.inputs().positions().entrySet()) {
            TopicPartition partition = entry.getKey();
            JsonObject input = new JsonObject()
                    .put("topic", partition.topic())
                    .put("partition", partition.partition())
                    .put("position", entry.getValue())
                    .put("committed", runner.progress().committed().getOrDefault(partition, 0L));
            Long end = ends.get(partition);
            if (end != null) {
                long lag = Math.max(0, end - entry.getValue());
                total += lag;
                input.put("end", end).put("lag", lag);
            }
            inputs.add(input);
        }
        return total;
    }

    private static JsonArray stores(TaskRunner runner) {
        JsonArray stores = new JsonArray();
        if (runner.state() == TaskState.FAILED) {
            return stores;
        }
        for (StateStore store : runner.task().stores()) {
            stores.add(new JsonObject()
                    .put("name", store.name())
                    .put("entries", store.size())
                    .put("bytes", store.heldBytes()));
        }
        return stores;
    }

    private static JsonArray globals(ApplicationRun app) {
        JsonArray tables = new JsonArray();
        for (GlobalTableSpec spec : app.topology().globalTables()) {
            GlobalStore store = app.globals().store(spec.store());
            tables.add(spec.toJson().put("entries", store == null ? 0 : store.size()));
        }
        return tables;
    }

    private static JsonObject metrics(ApplicationRun app) {
        StreamsMetrics metrics = app.metrics();
        return new JsonObject()
                .put("processedRecords", metrics.processedRecords())
                .put("producedRecords", metrics.producedRecords())
                .put("producedBytes", metrics.producedBytes())
                .put("restoredRecords", metrics.restoredRecords())
                .put("deadLetters", metrics.deadLetters())
                .put("skippedProductions", metrics.skippedProductions())
                .put("taskFailures", metrics.taskFailures())
                .put("commits", metrics.commits())
                .put("commitFailures", metrics.commitFailures())
                .put("outputWaits", metrics.outputWaits())
                .put("stateBytes", app.state().held());
    }

    private static JsonObject failure(Throwable failure) {
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace, true));
        String text = trace.toString();
        return new JsonObject()
                .put("message", String.valueOf(failure.getMessage()))
                .put("trace", text.substring(0, Math.min(TRACE_CHARS_MAX, text.length())));
    }

    // ---- stores

    static Future<JsonObject> query(
            ApplicationRun app, List<ProcessorLoop> loops, String name, @Nullable String key, int limit) {
        GlobalStore global = app.globals().store(name);
        if (global != null) {
            return Future.succeededFuture(answer(name, global(global, key, limit), limit));
        }
        StoreSpec spec = app.topology().store(name).orElse(null);
        if (spec == null) {
            return Future.failedFuture(new ThalwegException(
                    ErrorCode.RESOURCE_NOT_FOUND, "no such store: stream=" + app.application() + " store=" + name));
        }
        byte[] keyBytes;
        try {
            keyBytes = key == null ? null : QueryKeys.bytes(spec.serdes().keyName(), key);
        } catch (IllegalArgumentException malformed) {
            return Future.failedFuture(
                    new ThalwegException(ErrorCode.INVALID_REQUEST, String.valueOf(malformed.getMessage())));
        }
        List<Future<List<JsonObject>>> found = new ArrayList<>();
        for (ProcessorLoop loop : loops) {
            found.add(Contexts.on(loop.context(), () -> Future.succeededFuture(rows(loop, spec, keyBytes, limit))));
        }
        return Future.all(found).map(all -> {
            List<JsonObject> rows = new ArrayList<>();
            for (List<JsonObject> part : all.<List<JsonObject>>list()) {
                rows.addAll(part.subList(0, Math.min(part.size(), limit - rows.size())));
            }
            return answer(name, rows, limit);
        });
    }

    private static JsonObject answer(String store, List<JsonObject> rows, int limit) {
        return new JsonObject()
                .put("store", store)
                .put("rows", new JsonArray(new ArrayList<>(rows)))
                .put("limited", rows.size() >= limit);
    }

    private static List<JsonObject> rows(ProcessorLoop loop, StoreSpec spec, byte @Nullable [] key, int limit) {
        Bounded rows = new Bounded(limit);
        for (TaskRunner runner : loop.tasks()) {
            StateStore store =
                    runner.state() == TaskState.FAILED ? null : runner.task().store(spec.name());
            if (store != null) {
                int partition = runner.id().partition();
                collect(store, key, row -> rows.add(row.toJson(spec).put("partition", partition)), rows);
            }
        }
        return rows.rows;
    }

    private static void collect(StateStore store, byte @Nullable [] key, Consumer<StoreRow> sink, Bounded rows) {
        try {
            Consumer<StoreRow> bounded = row -> {
                rows.check();
                sink.accept(row);
            };
            if (key == null) {
                store.forEach(bounded);
            } else {
                store.forEach(key, bounded);
            }
        } catch (Enough enough) {
            // as many as were asked for
        }
    }

    private static List<JsonObject> global(GlobalStore store, @Nullable String key, int limit) {
        Bounded rows = new Bounded(limit);
        GlobalTableSpec spec = store.spec();
        try {
            store.forEach(row -> {
                rows.scanned();
                Object found = spec.serdes().keyAsJson(row.key());
                if (key == null || key.equals(String.valueOf(found))) {
                    rows.check();
                    rows.add(new JsonObject()
                            .put("key", found)
                            .put("value", spec.serdes().valueAsJson(row.value()))
                            .put("timestamp", row.timestampMillis()));
                }
            });
        } catch (Enough enough) {
            // as many as were asked for
        }
        return rows.rows;
    }

    /** Rows up to a limit. */
    private static final class Bounded {
        private final int limit;
        private final List<JsonObject> rows = new ArrayList<>();
        private int scanned;

        Bounded(int limit) {
            this.limit = limit;
        }

        void add(JsonObject row) {
            rows.add(row);
        }

        void check() {
            if (rows.size() >= limit) {
                throw new Enough();
            }
        }

        void scanned() {
            if (++scanned > ROWS_SCANNED_MAX) {
                throw new Enough();
            }
        }
    }

    /** Ends a visit: the stores show their rows to a visitor that cannot say stop. */
    private static final class Enough extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Enough() {
            super(null, null, false, false);
        }
    }
}
