package io.thalweg.connectors.process;

import io.thalweg.connectors.api.RetriableException;
import io.thalweg.connectors.api.SourceBatch;
import io.thalweg.connectors.api.SourceTask;
import io.thalweg.connectors.api.SourceTaskContext;
import io.thalweg.connectors.process.ProcessConfig.Protocol;
import io.thalweg.connectors.process.child.ChildCommand;
import io.thalweg.connectors.process.child.ChildExit;
import io.thalweg.connectors.process.child.ChildProcess;
import io.thalweg.connectors.process.child.Frame;
import io.thalweg.connectors.process.message.ChildMessage;
import io.thalweg.connectors.process.message.ChildParser;
import io.thalweg.connectors.process.message.NativeEncoder;
import io.thalweg.connectors.process.message.NativeParser;
import io.thalweg.connectors.process.message.SingerTapParser;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what a child process writes. A child that ends badly fails the poll behind its last record with
 * {@link RetriableException}; the next poll starts another one where that record ended.
 */
final class ProcessSourceTask implements SourceTask {

    private static final Logger LOGGER = LoggerFactory.getLogger(ProcessSourceTask.class);
    private static final long POLL_WAIT_MILLIS = 1_000;

    private @Nullable Setup setup;
    private SourcePosition position = SourcePosition.beginning(false);
    private @Nullable Running running;
    private @Nullable Poll waiting;
    /** Nothing is started before; epoch milliseconds. */
    private long nextRunAtMillis;

    private boolean stopped;

    /** What does not change after start. */
    private record Setup(
            SourceTaskContext context,
            Context owner,
            ProcessConfig config,
            boolean exact,
            JsonObject partition,
            ChildLauncher launcher,
            Redaction redaction,
            ChildLog log) {}

    /** A poll that found nothing. */
    private record Poll(int recordsMax, int bytesMax, Promise<SourceBatch> answer, long timer) {}

    /** One child. */
    private final class Running implements SourceRun.Listener {
        final SourceRun run;
        final Promise<Void> started = Promise.promise();
        final AtomicReference<byte @Nullable []> ack = new AtomicReference<>();

        @Nullable
        ChildProcess child;

        @Nullable
        ChildExit exit;

        ChildMessage.@Nullable GaveUp error;

        Running(Setup setup, long skip) {
            this.run = new SourceRun(
                    parser(setup.config()), setup.log(), setup.config().bufferBytesMax(), skip, this);
        }

        @Override
        public void onHello(ChildMessage.Hello hello) {
            onOwner(() -> ProcessSourceTask.this.onHello(this, hello));
        }

        @Override
        public void onData() {
            onOwner(ProcessSourceTask.this::wake);
        }

        @Override
        public void onEnd(ChildExit exit, ChildMessage.@Nullable GaveUp error) {
            onOwner(() -> {
                this.exit = exit;
                this.error = error;
                started.tryFail(failure(this));
                wake();
            });
        }

        private void onOwner(Runnable action) {
            setup().owner().runOnContext(now -> action.run());
        }
    }

    private Setup setup() {
        return Objects.requireNonNull(setup, "not started");
    }

    @Override
    public Future<Void> start(SourceTaskContext context) {
        ProcessConfig config;
        try {
            config = ProcessConfig.of(context);
        } catch (IllegalArgumentException e) {
            return Future.failedFuture(e);
        }
        JsonObject partition = new JsonObject().put("task", context.taskIndex());
        boolean exact = ProcessSchema.exact(context.config());
        Redaction redaction = Redaction.of(config, context::redact);
        setup = new Setup(
                context,
                context.vertx().getOrCreateContext(),
                config,
                exact,
                partition,
                new ChildLauncher(context, config),
                redaction,
                new ChildLog(config, redaction));
        position = SourcePosition.stored(context.position(partition), exact);
        return launch();
    }

    /** Starts a child behind what was handed over; completes when it said hello. */
    private Future<Void> launch() {
        Setup setup = setup();
        Running next = new Running(setup, position.recordsBehind());
        running = next;
        return setup.launcher().prepare(options(setup)).transform(prepared -> {
            if (prepared.failed() || stopped) {
                running = null;
                return Future.failedFuture(prepared.failed() ? prepared.cause() : stoppedMeanwhile());
            }
            return launched(setup, next, prepared.result());
        });
    }

    private Future<Void> launched(Setup setup, Running next, ChildCommand command) {
        ChildProcess child = ChildProcess.start(command, next.run);
        next.child = child;
        LOGGER.atDebug()
                .addKeyValue("connector", setup.config().connector())
                .addKeyValue("task", setup.config().task())
                .log("started a child process");
        if (setup.config().protocol() == Protocol.SINGER) {
            next.started.tryComplete();
        }
        long timer = setup.context().vertx().setTimer(setup.config().startTimeoutMillis(), due -> {
            if (next.started.tryFail(new RetriableException(
                    "the child process said no HELLO within start.timeout.ms="
                            + setup.config().startTimeoutMillis(),
                    null))) {
                setup.launcher().kill(child);
            }
        });
        return next.started
                .future()
                .onComplete(done -> setup.context().vertx().cancelTimer(timer))
                .recover(failure -> {
                    discard(next);
                    return Future.failedFuture(failure);
                });
    }

    /** The files that a Singer tap is given; nothing for a native child. */
    private Map<String, byte[]> options(Setup setup) {
        Map<String, byte[]> options = new LinkedHashMap<>();
        ProcessConfig config = setup.config();
        if (config.protocol() == Protocol.SINGER) {
            options.put("--config", config.settings().toBuffer().getBytes());
            if (config.catalog() != null) {
                options.put("--catalog", config.catalog().toBuffer().getBytes());
            }
            Object state = position.position();
            if (state != null) {
                options.put("--state", Json.encodeToBuffer(state).getBytes());
            }
        }
        return options;
    }

    private static ChildParser parser(ProcessConfig config) {
        return config.protocol() == Protocol.SINGER
                ? new SingerTapParser(config.topic(), config.topicPrefix())
                : new NativeParser(config.topic());
    }

    private void onHello(Running from, ChildMessage.Hello hello) {
        ChildProcess child = from.child;
        Setup setup = setup();
        if (from != running || child == null || setup.config().protocol() != Protocol.NATIVE) {
            return;
        }
        try {
            int version = ChildSettings.version(hello);
            JsonObject settings = ChildSettings.checked(hello, setup.config().settings());
            if (setup.exact() && !hello.replays()) {
                throw new IllegalArgumentException(
                        "key=delivery is exactly-once, but the child does not say that it gives the"
                                + " same records in the same order again (HELLO with \"replays\": true)");
            }
            byte[] start = NativeEncoder.start(
                    version,
                    "source",
                    setup.config().connector(),
                    setup.config().task(),
                    settings,
                    position.position(),
                    position.isDurable());
            child.send(stdin -> stdin.write(start));
            from.started.tryComplete();
        } catch (IllegalArgumentException e) {
            from.started.tryFail(e);
            setup.launcher().kill(child);
        }
    }

    @Override
    public Future<SourceBatch> poll(int recordsMax, int bytesMax) {
        if (stopped) {
            return Future.succeededFuture(SourceBatch.none());
        }
        Running current = running;
        if (current == null) {
            return System.currentTimeMillis() >= nextRunAtMillis
                    ? launch().compose(started -> poll(recordsMax, bytesMax))
                    : waitFor(recordsMax, bytesMax);
        }
        SourceBuffer.Taken taken = current.run.buffer().take(recordsMax, bytesMax);
        if (taken != null) {
            position = position.after(taken);
            return Future.succeededFuture(new SourceBatch(setup().partition(), position.offset(), taken.records()));
        }
        ChildExit exit = current.exit;
        if (exit == null) {
            return waitFor(recordsMax, bytesMax);
        }
        discard(current);
        if (!exit.clean()) {
            return Future.failedFuture(failure(current));
        }
        long interval = setup().config().rerunIntervalMillis();
        nextRunAtMillis = interval == 0 ? Long.MAX_VALUE : System.currentTimeMillis() + interval;
        return waitFor(recordsMax, bytesMax);
    }

    private Future<SourceBatch> waitFor(int recordsMax, int bytesMax) {
        Promise<SourceBatch> answer = Promise.promise();
        long timer = setup().context().vertx().setTimer(POLL_WAIT_MILLIS, due -> {
            waiting = null;
            answer.tryComplete(SourceBatch.none());
        });
        waiting = new Poll(recordsMax, bytesMax, answer, timer);
        return answer.future();
    }

    private void wake() {
        Poll poll = waiting;
        if (poll != null && setup().context().vertx().cancelTimer(poll.timer())) {
            waiting = null;
            poll(poll.recordsMax(), poll.bytesMax()).onComplete(poll.answer());
        }
    }

    private void discard(Running ended) {
        ended.run.buffer().close();
        if (running == ended) {
            running = null;
        }
    }

    private RuntimeException failure(Running ended) {
        Setup setup = setup();
        return ChildFailure.of(setup.config(), setup.redaction(), Objects.requireNonNull(ended.exit), ended.error);
    }

    private static RuntimeException stoppedMeanwhile() {
        return new IllegalStateException("stopped while a child process was being started");
    }

    @Override
    public Future<Void> committed(JsonObject partition, JsonObject offset) {
        Object acknowledged = position.acknowledge(offset);
        Running current = running;
        if (acknowledged == null
                || current == null
                || current.child == null
                || !current.started.future().succeeded()) {
            return Future.succeededFuture();
        }
        if (setup().config().protocol() == Protocol.NATIVE) {
            sendAck(current, current.child, NativeEncoder.ack(acknowledged));
        }
        return Future.succeededFuture();
    }

    /** A later acknowledgement takes the place of one that still waits for the pipe. */
    private static void sendAck(Running current, ChildProcess child, byte[] ack) {
        if (current.ack.getAndSet(ack) == null) {
            child.send(new Frame() {
                @Override
                public void writeTo(OutputStream stdin) throws IOException {
                    byte[] latest = current.ack.getAndSet(null);
                    if (latest != null) {
                        stdin.write(latest);
                    }
                }
            });
        }
    }

    @Override
    public Future<Void> stop() {
        stopped = true;
        Poll poll = waiting;
        waiting = null;
        if (poll != null) {
            setup().context().vertx().cancelTimer(poll.timer());
            poll.answer().tryComplete(SourceBatch.none());
        }
        Setup made = setup;
        if (made == null) {
            return Future.succeededFuture();
        }
        Running current = running;
        running = null;
        ChildProcess child = current == null ? null : current.child;
        if (current != null) {
            current.run.buffer().close();
        }
        if (child != null && made.config().protocol() == Protocol.NATIVE) {
            byte[] stop = NativeEncoder.stop();
            child.send(stdin -> stdin.write(stop));
        }
        return made.launcher().release(child);
    }
}
