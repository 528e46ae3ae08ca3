package io.thalweg.connectors.process;

import io.thalweg.connectors.api.HostPolicy;
import io.thalweg.connectors.api.SinkRecord;
import io.thalweg.connectors.api.SinkTaskContext;
import io.thalweg.connectors.api.SourceTaskContext;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the runtime gives a task, without a runtime; and calls to a task on its context. */
final class FakeContexts {

    private FakeContexts() {}

    static HostPolicy policy(List<String> commands) {
        return new HostPolicy() {
            @Override
            public Path path(String path) {
                return Path.of(path);
            }

            @Override
            public URI url(String url) {
                throw new IllegalArgumentException(url);
            }

            @Override
            public boolean reachable(InetAddress address) {
                return false;
            }

            @Override
            public List<String> command(List<String> command) {
                if (!commands.contains(command.get(0))) {
                    throw new IllegalArgumentException("command is not allowed: command=" + command.get(0));
                }
                return command;
            }
        };
    }

    /** Fills in the schema's defaults as the runtime does. */
    private static JsonObject filled(JsonObject schema, JsonObject config) {
        JsonObject filled = new JsonObject();
        schema.getJsonObject("properties").forEach(property -> {
            Object value = ((JsonObject) property.getValue()).getValue("default");
            if (value != null) {
                filled.put(property.getKey(), value);
            }
        });
        return filled.mergeIn(config);
    }

    static SourceTaskContext source(Vertx vertx, JsonObject config, @Nullable JsonObject position) {
        return new Source(vertx, filled(ProcessSchema.source(), config), position);
    }

    private record Source(
            Vertx vertx, JsonObject config, @Nullable JsonObject stored) implements SourceTaskContext {
        @Override
        public @Nullable JsonObject position(JsonObject partition) {
            return stored;
        }

        @Override
        public String connectorName() {
            return "tested";
        }

        @Override
        public int taskIndex() {
            return 0;
        }

        @Override
        public JsonObject shownConfig() {
            return config;
        }

        @Override
        public String redact(String text) {
            return text.replace("a-resolved-secret", "********");
        }

        @Override
        public HostPolicy policy() {
            return FakeContexts.policy(List.of("python3", "node", "sh", "absent-command"));
        }

        @Override
        public void fail(Throwable cause) {
            throw new IllegalStateException(cause);
        }
    }

    static final class Sink implements SinkTaskContext {
        final List<SinkRecord> refused = Collections.synchronizedList(new ArrayList<>());
        private final Source common;

        Sink(Vertx vertx, JsonObject config) {
            common = new Source(vertx, filled(ProcessSchema.sink(), config), null);
        }

        @Override
        public Future<Void> refuse(SinkRecord record, Throwable cause) {
            refused.add(record);
            return Future.succeededFuture();
        }

        @Override
        public void requestCommit() {}

        @Override
        public Vertx vertx() {
            return common.vertx();
        }

        @Override
        public String connectorName() {
            return common.connectorName();
        }

        @Override
        public int taskIndex() {
            return 0;
        }

        @Override
        public JsonObject config() {
            return common.config();
        }

        @Override
        public JsonObject shownConfig() {
            return common.shownConfig();
        }

        @Override
        public String redact(String text) {
            return common.redact(text);
        }

        @Override
        public HostPolicy policy() {
            return common.policy();
        }

        @Override
        public void fail(Throwable cause) {
            throw new IllegalStateException(cause);
        }
    }

    /** Calls on the task's context and waits for the outcome. */
    static <T> T call(Context context, Supplier<Future<T>> method) throws Exception {
        Promise<T> outcome = Promise.promise();
        context.runOnContext(now -> method.get().onComplete(outcome));
        try {
            return outcome.future().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (TimeoutException e) {
            throw new AssertionError("no outcome within 60 s", e);
        }
    }
}
