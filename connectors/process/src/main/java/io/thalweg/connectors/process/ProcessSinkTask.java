package io.thalweg.connectors.process;

import io.thalweg.connectors.api.RetriableException;
import io.thalweg.connectors.api.SinkRecord;
import io.thalweg.connectors.api.SinkTask;
import io.thalweg.connectors.api.SinkTaskContext;
import io.thalweg.connectors.process.ProcessConfig.Protocol;
import io.thalweg.connectors.process.child.ChildCommand;
import io.thalweg.connectors.process.child.ChildExit;
import io.thalweg.connectors.process.child.ChildProcess;
import io.thalweg.connectors.process.child.Frame;
import io.thalweg.connectors.process.message.ChildMessage;
import io.thalweg.connectors.process.message.ChildParser;
import io.thalweg.connectors.process.message.NativeEncoder;
import io.thalweg.connectors.process.message.NativeParser;
import io.thalweg.connectors.process.message.SingerTarget;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands records to a child process. What the child did not acknowledge is kept and given again to the next child, so that a
 * child that dies loses nothing; a flush completes when all is acknowledged.
 */
final class ProcessSinkTask implements SinkTask {

    private static final Logger LOGGER = LoggerFactory.getLogger(ProcessSinkTask.class);

    /** How long a Singer target has to give a state back before its stdin is closed, which makes it write everything. */
    private static final long SINGER_STATE_MILLIS = 2_000;

    private final Unacknowledged unacknowledged = new Unacknowledged();
    private final List<Future<Void>> refusals = new ArrayList<>();
    private @Nullable Setup setup;
    private @Nullable Running running;
    private @Nullable Waiter waiter;
    /** A Singer target that gives states back only at its end. */
    private boolean flushesAtEndOnly;

    private record Setup(
            SinkTaskContext context,
            Context owner,
            ProcessConfig config,
            ChildLauncher launcher,
            Redaction redaction,
            ChildLog log) {}

    /** Something that waits for acknowledgements; at most one, since puts and flushes come one after the other. */
    private record Waiter(BooleanSupplier reached, Promise<Void> done) {}

    /** One child. */
    private final class Running implements SinkRun.Listener {
        final @Nullable SingerTarget target;
        final SinkRun run;
        final Promise<Void> started = Promise.promise();

        @Nullable
        ChildProcess child;

        boolean inputClosed;

        /** Of the last batch that it was given before its stdin was closed. */
        long closedBehindId;

        @Nullable
        Promise<Void> writing;

        @Nullable
        RuntimeException failure;

        Running(Setup setup) {
            ProcessConfig config = setup.config();
            this.target = config.protocol() == Protocol.SINGER
                    ? new SingerTarget(config.schema(), config.keyProperties())
                    : null;
            ChildParser parser = target == null ? new NativeParser(null) : target;
            this.run = new SinkRun(parser, setup.log(), this);
        }

        @Override
        public void onHello(ChildMessage.Hello hello) {
            onOwner(() -> ProcessSinkTask.this.onHello(this, hello));
        }

        @Override
        public void onAck(long id) {
            onOwner(() -> {
                if (running == this) {
                    unacknowledged.acknowledge(id);
                    wake();
                }
            });
        }

        @Override
        public void onRefuse(ChildMessage.Refuse refuse) {
            onOwner(() -> ProcessSinkTask.this.onRefuse(this, refuse));
        }

        @Override
        public void onEnd(ChildExit exit, ChildMessage.@Nullable GaveUp error) {
            onOwner(() -> ProcessSinkTask.this.onEnd(this, exit, error));
        }

        byte[] encode(Unacknowledged.Sent batch) {
            return target == null
                    ? NativeEncoder.records(batch.id(), batch.records())
                    : target.records(batch.id(), batch.records());
        }

        private void onOwner(Runnable action) {
            setup().owner().runOnContext(now -> action.run());
        }
    }

    private Setup setup() {
        return Objects.requireNonNull(setup, "not started");
    }

    @Override
    public Future<Void> start(SinkTaskContext context) {
        ProcessConfig config;
        try {
            config = ProcessConfig.of(context);
        } catch (IllegalArgumentException e) {
            return Future.failedFuture(e);
        }
        Redaction redaction = Redaction.of(config, context::redact);
        setup = new Setup(
                context,
                context.vertx().getOrCreateContext(),
                config,
                new ChildLauncher(context, config),
                redaction,
                new ChildLog(config, redaction));
        return ready().mapEmpty();
    }

    /** The child that runs; if none does, a new one that was given again what is not acknowledged. */
    private Future<Running> ready() {
        Running current = running;
        if (current != null && current.failure == null && !current.inputClosed) {
            return Future.succeededFuture(current);
        }
        Setup setup = setup();
        Running next = new Running(setup);
        running = next;
        Map<String, byte[]> options = setup.config().protocol() == Protocol.SINGER
                ? Map.of("--config", setup.config().settings().toBuffer().getBytes())
                : Map.of();
        return setup.launcher()
                .prepare(options)
                .compose(command -> launched(setup, next, command))
                .compose(started -> sendAgain(next))
                .map(next)
                .onFailure(failure -> {
                    if (running == next) {
                        running = null;
                    }
                });
    }

    private Future<Void> launched(Setup setup, Running next, ChildCommand command) {
        if (running != next) {
            return Future.failedFuture(new IllegalStateException("stopped while a child process was being started"));
        }
        ChildProcess child = ChildProcess.start(command, next.run);
        next.child = child;
        LOGGER.atDebug()
                .addKeyValue("connector", setup.config().connector())
                .addKeyValue("task", setup.config().task())
                .log("started a child process");
        if (next.target != null) {
            next.started.tryComplete();
        }
        return within(
                setup.config().startTimeoutMillis(),
                next,
                next.started.future(),
                "the child process said no HELLO within start.timeout.ms");
    }

    private void onHello(Running from, ChildMessage.Hello hello) {
        ChildProcess child = from.child;
        Setup setup = setup();
        if (from != running || child == null) {
            return;
        }
        try {
            int version = ChildSettings.version(hello);
            JsonObject settings = ChildSettings.checked(hello, setup.config().settings());
            byte[] start = NativeEncoder.start(
                    version, "sink", setup.config().connector(), setup.config().task(), settings, null, false);
            child.send(stdin -> stdin.write(start));
            from.started.tryComplete();
        } catch (IllegalArgumentException e) {
            from.started.tryFail(e);
            setup.launcher().kill(child);
        }
    }

    private Future<Void> sendAgain(Running next) {
        List<Unacknowledged.Sent> again = unacknowledged.all();
        return again.isEmpty() ? Future.succeededFuture() : write(next, again);
    }

    /** Completes when the child's pipe took all. */
    private Future<Void> write(Running current, List<Unacknowledged.Sent> batches) {
        if (current.failure != null) {
            return Future.failedFuture(current.failure);
        }
        Promise<Void> written = Promise.promise();
        current.writing = written;
        boolean queued = child(current).send(new Frame() {
            @Override
            public void writeTo(OutputStream stdin) throws IOException {
                for (Unacknowledged.Sent batch : batches) {
                    stdin.write(current.encode(batch));
                }
            }

            @Override
            public void written() {
                current.onOwner(written::tryComplete);
            }
        });
        if (!queued) {
            written.tryFail(new RetriableException("the child process does not read its stdin", null));
        }
        return written.future();
    }

    @Override
    public Future<Void> put(List<SinkRecord> records) {
        return ready().compose(current -> {
            Unacknowledged.Sent batch = unacknowledged.add(records);
            return within(
                            setup().config().flushTimeoutMillis(),
                            current,
                            write(current, List.of(batch)).compose(written -> room(current)),
                            "the child process did not take records within flush.timeout.ms")
                    .onFailure(failure -> unacknowledged.withdraw(batch));
        });
    }

    /** Completes when what is kept for a next child is within its bound. */
    private Future<Void> room(Running current) {
        if (unacknowledged.bytes() <= setup().config().unackedBytesMax()) {
            return Future.succeededFuture();
        }
        return askForAcks(
                current, () -> unacknowledged.bytes() <= setup().config().unackedBytesMax());
    }

    @Override
    public Future<Void> flush() {
        if (unacknowledged.isEmpty()) {
            return refused();
        }
        return ready().compose(current -> within(
                        setup().config().flushTimeoutMillis(),
                        current,
                        askForAcks(current, unacknowledged::isEmpty),
                        "the child process did not acknowledge what it was given within flush.timeout.ms"))
                .compose(done -> refused());
    }

    /** Fails if a refused record may not be left out. */
    private Future<Void> refused() {
        List<Future<Void>> pending = List.copyOf(refusals);
        refusals.clear();
        return Future.join(pending).mapEmpty();
    }

    private Future<Void> askForAcks(Running current, BooleanSupplier reached) {
        if (reached.getAsBoolean()) {
            return Future.succeededFuture();
        }
        if (current.failure != null) {
            return Future.failedFuture(current.failure);
        }
        Promise<Void> done = Promise.promise();
        waiter = new Waiter(reached, done);
        if (current.target == null) {
            byte[] flush = NativeEncoder.flush(unacknowledged.lastId());
            child(current).send(stdin -> stdin.write(flush));
        } else if (flushesAtEndOnly) {
            closeInput(current);
        } else {
            long millis = Math.min(SINGER_STATE_MILLIS, setup().config().flushTimeoutMillis() / 2);
            setup().context().vertx().setTimer(Math.max(1, millis), due -> {
                if (!done.future().isComplete() && running == current) {
                    flushesAtEndOnly = true;
                    closeInput(current);
                }
            });
        }
        return done.future();
    }

    private void closeInput(Running current) {
        current.inputClosed = true;
        current.closedBehindId = unacknowledged.lastId();
        child(current).closeInput();
    }

    private static ChildProcess child(Running current) {
        return Objects.requireNonNull(current.child);
    }

    private void onRefuse(Running from, ChildMessage.Refuse refuse) {
        if (from != running) {
            return; // its successor is given the record again, and says what it thinks of it
        }
        SinkRecord record = unacknowledged.record(refuse.id(), refuse.index());
        if (record == null) {
            // To pass it over would lose a record that the child says it did not take.
            refusals.add(Future.failedFuture(new IllegalStateException(
                    "the child process refused a record that it was not given, or had acknowledged: id=" + refuse.id()
                            + " index=" + refuse.index() + "; REFUSE comes before the ACK of its message")));
            return;
        }
        String reason = setup().redaction().apply(refuse.reason());
        refusals.add(
                setup().context().refuse(record, new IllegalArgumentException("refused by the process: " + reason)));
    }

    private void onEnd(Running ended, ChildExit exit, ChildMessage.@Nullable GaveUp error) {
        Setup setup = setup();
        if (ended.inputClosed && exit.clean()) {
            // A Singer target that ended well has written everything that it was given; what came since is its
            // successor's.
            unacknowledged.acknowledge(ended.closedBehindId);
        }
        RuntimeException failure = ChildFailure.of(setup.config(), setup.redaction(), exit, error);
        ended.failure = failure;
        ended.started.tryFail(failure);
        Promise<Void> writing = ended.writing;
        if (writing != null) {
            writing.tryFail(failure);
        }
        if (running == ended) {
            running = null;
            wake();
            Waiter waiting = waiter;
            if (waiting != null) {
                waiter = null;
                waiting.done().tryFail(failure);
            }
        }
    }

    /** A child whose stdin was closed is waited for to its end, so that it and its successor do not write at once. */
    private void wake() {
        Waiter waiting = waiter;
        boolean ending = running != null && running.inputClosed;
        if (waiting != null && !ending && waiting.reached().getAsBoolean()) {
            waiter = null;
            waiting.done().tryComplete();
        }
    }

    /** Fails with {@code message}, and ends the child, if it takes longer. */
    private <T> Future<T> within(long millis, Running current, Future<T> work, String message) {
        Promise<T> bounded = Promise.promise();
        long timer = setup().context().vertx().setTimer(millis, due -> {
            ChildProcess child = current.child;
            if (bounded.tryFail(new RetriableException(message + "=" + millis, null)) && child != null) {
                setup().launcher().kill(child);
            }
        });
        work.onComplete(bounded::tryComplete, bounded::tryFail);
        return bounded.future().onComplete(done -> setup().context().vertx().cancelTimer(timer));
    }

    @Override
    public Future<Void> stop() {
        Setup made = setup;
        if (made == null) {
            return Future.succeededFuture();
        }
        Running current = running;
        running = null;
        ChildProcess child = current == null ? null : current.child;
        if (child != null && made.config().protocol() == Protocol.NATIVE) {
            byte[] stop = NativeEncoder.stop();
            child.send(stdin -> stdin.write(stop));
        }
        return made.launcher().release(child);
    }
}
