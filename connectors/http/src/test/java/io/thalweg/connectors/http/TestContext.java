package io.thalweg.connectors.http;

import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.api.HostPolicy;
import io.thalweg.connectors.api.SinkRecord;
import io.thalweg.connectors.api.SinkTaskContext;
import io.thalweg.connectors.api.SourceTaskContext;
import io.thalweg.connectors.api.TopicPartition;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a task is given, without a runtime. The one address that may be reached is 127.0.0.1. */
final class TestContext implements SourceTaskContext, SinkTaskContext {

    private final Vertx vertx;
    private final Context context;
    private final JsonObject config;

    /** What the configuration is shown as. */
    JsonObject shown;

    /** Stored source positions. */
    final Map<JsonObject, JsonObject> positions = new HashMap<>();

    /** Records that a sink refused. */
    final List<SinkRecord> refused = new CopyOnWriteArrayList<>();

    TestContext(Vertx vertx, ConnectorPlugin plugin, JsonObject given) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.config = withDefaults(plugin, given);
        this.shown = config;
    }

    static JsonObject withDefaults(ConnectorPlugin plugin, JsonObject given) {
        JsonObject config = given.copy();
        JsonObject properties = plugin.configSchema().getJsonObject("properties");
        for (String key : properties.fieldNames()) {
            Object value = properties.getJsonObject(key).getValue("default");
            if (value != null && !config.containsKey(key)) {
                config.put(key, value);
            }
        }
        return config;
    }

    /** Calls a task on its context, and waits for the answer. */
    <T> T call(Supplier<Future<T>> call) throws Exception {
        Promise<T> promise = Promise.promise();
        context.runOnContext(run -> call.get().onComplete(promise));
        return await(promise.future());
    }

    static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    static SinkRecord record(int partition, long offset, @Nullable String key, String value) {
        return new SinkRecord(
                new TopicPartition("orders", partition),
                offset,
                1_000 + offset,
                key,
                value.getBytes(StandardCharsets.UTF_8),
                List.of());
    }

    @Override
    public @Nullable JsonObject position(JsonObject partition) {
        return positions.get(partition);
    }

    @Override
    public Future<Void> refuse(SinkRecord record, Throwable cause) {
        refused.add(record);
        return Future.succeededFuture();
    }

    @Override
    public void requestCommit() {
        // Nobody commits here.
    }

    @Override
    public Vertx vertx() {
        return vertx;
    }

    @Override
    public String connectorName() {
        return "test";
    }

    @Override
    public int taskIndex() {
        return 0;
    }

    @Override
    public JsonObject config() {
        return config;
    }

    @Override
    public JsonObject shownConfig() {
        return shown;
    }

    @Override
    public String redact(String text) {
        return text;
    }

    @Override
    public HostPolicy policy() {
        return POLICY;
    }

    static final HostPolicy POLICY = new HostPolicy() {
        @Override
        public Path path(String path) {
            throw new IllegalArgumentException("no paths here");
        }

        @Override
        public URI url(String url) {
            URI uri = URI.create(url);
            if (!"http".equals(uri.getScheme()) && !"https".equals(uri.getScheme())) {
                throw new IllegalArgumentException("scheme is not allowed: " + uri.getScheme());
            }
            return uri;
        }

        @Override
        public boolean reachable(InetAddress address) {
            return address.getHostAddress().equals("127.0.0.1");
        }

        @Override
        public List<String> command(List<String> command) {
            throw new IllegalArgumentException("no commands here");
        }
    };

    @Override
    public void fail(Throwable cause) {
        throw new AssertionError("the task failed", cause);
    }
}
