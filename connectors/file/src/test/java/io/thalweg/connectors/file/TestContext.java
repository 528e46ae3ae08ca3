package io.thalweg.connectors.file;

import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.api.HostPolicy;
import io.thalweg.connectors.api.SinkRecord;
import io.thalweg.connectors.api.SinkTaskContext;
import io.thalweg.connectors.api.SourceTaskContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a task is given, without a runtime: positions in a map, every path below one root allowed. */
public final class TestContext implements SourceTaskContext, SinkTaskContext {

    private final Vertx vertx;
    private final Path root;
    private final JsonObject config;

    /** Stored source positions. */
    public final Map<JsonObject, JsonObject> positions = new HashMap<>();

    /** Records that a sink refused. */
    public final List<SinkRecord> refused = new ArrayList<>();

    /** What {@link #refuse} answers; null for one that succeeds later. */
    public @Nullable Future<Void> refusal = Future.succeededFuture();

    public TestContext(Vertx vertx, Path root, ConnectorPlugin plugin, JsonObject given) {
        this.vertx = vertx;
        this.root = root;
        this.config = withDefaults(plugin, given);
    }

    /** The configuration as the runtime hands it to a task. */
    public static JsonObject withDefaults(ConnectorPlugin plugin, JsonObject given) {
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

    /** Waits for a task's answer. */
    public static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Override
    public @Nullable JsonObject position(JsonObject partition) {
        return positions.get(partition);
    }

    @Override
    public Future<Void> refuse(SinkRecord record, Throwable cause) {
        refused.add(record);
        Future<Void> answer = refusal;
        if (answer != null) {
            return answer;
        }
        Promise<Void> later = Promise.promise();
        vertx.runOnContext(turn -> later.complete());
        return later.future();
    }

    @Override
    public void requestCommit() {
        // The test decides when to flush.
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
        return config;
    }

    @Override
    public String redact(String text) {
        return text;
    }

    @Override
    public HostPolicy policy() {
        return new HostPolicy() {
            @Override
            public Path path(String path) {
                Path normal = Path.of(path).toAbsolutePath().normalize();
                if (!normal.startsWith(root)) {
                    throw new IllegalArgumentException("path is not below an allowed root: path=" + path);
                }
                return normal;
            }

            @Override
            public URI url(String url) {
                throw new IllegalArgumentException("no URLs here");
            }

            @Override
            public boolean reachable(InetAddress address) {
                return false;
            }

            @Override
            public List<String> command(List<String> command) {
                throw new IllegalArgumentException("no commands here");
            }
        };
    }

    @Override
    public void fail(Throwable cause) {
        throw new AssertionError("the task failed", cause);
    }
}
