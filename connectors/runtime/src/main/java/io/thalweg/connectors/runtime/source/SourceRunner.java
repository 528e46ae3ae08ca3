package io.thalweg.connectors.runtime.source;

import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.client.SequencedProducer;
import io.thalweg.connectors.api.ConnectorPlugin.Delivery;
import io.thalweg.connectors.api.Header;
import io.thalweg.connectors.api.SourceBatch;
import io.thalweg.connectors.api.SourcePlugin;
import io.thalweg.connectors.api.SourceRecord;
import io.thalweg.connectors.api.SourceTask;
import io.thalweg.connectors.runtime.convert.ConversionException;
import io.thalweg.connectors.runtime.convert.Converter;
import io.thalweg.connectors.runtime.store.StoredPosition;
import io.thalweg.connectors.runtime.task.DeadLetters;
import io.thalweg.connectors.runtime.task.PluginCalls;
import io.thalweg.connectors.runtime.task.Retry;
import io.thalweg.connectors.runtime.task.Stage;
import io.thalweg.connectors.runtime.task.TaskRunner;
import io.thalweg.connectors.runtime.task.TaskSetup;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Polls a source while there is room, and stores how far it got. Confined to the runner's context. */
public final class SourceRunner implements TaskRunner {

    private static final Logger LOGGER = LoggerFactory.getLogger(SourceRunner.class);

    /** Lanes that are kept open; a source partition that comes back after more others is opened again. */
    private static final int LANES_MAX = 32;

    private static final int POLL_RECORDS_MAX = 4_096;
    private static final int POLL_BYTES_MAX = 1 << 20;
    private static final int IDLE_MILLIS = 5;

    private enum Phase {
        STARTING,
        RUNNING,
        FAILED,
        STOPPING
    }

    private final TaskSetup setup;
    private final PluginCalls calls;
    private final ContextInternal context;
    private final SourcePlugin plugin;
    private final LaneHost host = new Host();
    private final Retry retry;
    private final DeadLetters errors;

    /** Least recently used first. One alone for a source that is not exact. */
    private final Map<JsonObject, SourceLane> lanes = new LinkedHashMap<>(16, 0.75f, true);

    /** Confined to the plugin's context. */
    private @Nullable SourceTask task;

    private @Nullable SourceLane current;
    private Phase phase = Phase.STARTING;
    private long inFlightBytes;
    private int inFlightRecords;
    private long commitTimer = -1;

    /** Of the poll that is under way, until its records are handed out. */
    private Future<Void> polling = Future.succeededFuture();

    private Future<Void> committing = Future.succeededFuture();

    public SourceRunner(TaskSetup setup, PluginCalls calls, SourcePlugin plugin) {
        this.setup = setup;
        this.calls = calls;
        this.context = calls.runner();
        this.plugin = plugin;
        this.retry = new Retry(context, setup, () -> phase != Phase.RUNNING);
        this.errors = new DeadLetters(setup);
    }

    @Override
    public Future<Void> start() {
        return calls.call(() -> {
                    SourceTask made = plugin.newTask();
                    task = made;
                    return made.start(new SourceContext(setup, this::fail));
                })
                .onSuccess(started -> {
                    if (phase == Phase.STARTING) {
                        phase = Phase.RUNNING;
                        commitTimer = context.setPeriodic(setup.settings().commitIntervalMillis(), timer -> commit());
                        pump();
                    }
                });
    }

    /** On the plugin's context. */
    private SourceTask task() {
        return java.util.Objects.requireNonNull(task);
    }

    // ---- polling

    private void pump() {
        long room = setup.limits().inFlightBytesMax() - inFlightBytes;
        int records = Math.min(POLL_RECORDS_MAX, setup.limits().inFlightRecordsMax() - inFlightRecords);
        boolean enough = room >= setup.limits().inFlightBytesMax() / 4 && records > 0;
        if (phase != Phase.RUNNING || !polling.isComplete() || !enough) {
            return;
        }
        int bytes = (int) Math.min(POLL_BYTES_MAX, room);
        Promise<Void> handedOut = context.promise();
        polling = handedOut.future();
        retry.run("poll", () -> calls.call(() -> task().poll(records, bytes)))
                .compose(this::onPolled)
                .onComplete(outcome -> {
                    handedOut.complete();
                    if (outcome.failed()) {
                        fail(outcome.cause());
                    } else if (outcome.result()) {
                        context.runOnContext(turn -> pump());
                    } else {
                        context.setTimer(IDLE_MILLIS, timer -> pump());
                    }
                });
    }

    /** Completes, when the records are on their way, with whether anything came. */
    private Future<Boolean> onPolled(SourceBatch batch) {
        if (batch.isNone() || phase == Phase.FAILED) {
            return Future.succeededFuture(false);
        }
        setup.metrics().recordsIn.add(batch.records().size());
        return lane(batch.partition())
                .compose(lane -> lane.deliver(batch, this::convert))
                .map(done -> true);
    }

    private Future<SourceLane> lane(JsonObject partition) {
        boolean exact = plugin.delivery(setup.config()) == Delivery.EXACTLY_ONCE;
        JsonObject name = exact ? partition : new JsonObject();
        SourceLane known = lanes.get(name);
        if (known != null && known == current) {
            return Future.succeededFuture(known);
        }
        SourceLane before = current;
        // Records of different source partitions keep their order too: the log has the ones before the others are sent.
        Future<Void> drained = before == null ? Future.succeededFuture() : before.drained();
        return drained.compose(there -> lanes.size() < LANES_MAX || known != null ? there() : makeRoom())
                .compose(room -> {
                    SourceLane lane = known != null ? known : new SourceLane(host, setup.limits(), exact);
                    Future<Void> opened = known != null ? there() : lane.open(partition);
                    return opened.map(open -> {
                        lanes.put(name, lane);
                        current = lane;
                        return lane;
                    });
                });
    }

    private static Future<Void> there() {
        return Future.succeededFuture();
    }

    /** Everything is drained: what is stored now is all there is. */
    private Future<Void> makeRoom() {
        return commitNow().map(stored -> {
            lanes.values().removeIf(lane -> lane != current && !lane.dirty());
            return null;
        });
    }

    private @Nullable OutgoingRecord convert(SourceRecord record) {
        byte[] key = bytes(record, Stage.KEY_CONVERTER, setup.settings().keyConverter(), record.key());
        if (key == null && record.key() != null) {
            return null;
        }
        byte[] value = bytes(record, Stage.VALUE_CONVERTER, setup.settings().valueConverter(), record.value());
        if (value == null && record.value() != null) {
            return null;
        }
        List<RecordHeader> headers = List.of();
        if (!record.headers().isEmpty()) {
            headers = new ArrayList<>(record.headers().size());
            for (Header header : record.headers()) {
                headers.add(new RecordHeader(header.key(), header.value()));
            }
        }
        OutgoingRecord converted =
                new OutgoingRecord(record.topic(), record.partition(), key, value, headers, record.timestampMillis());
        inFlightBytes += Chunk.bytesOf(converted);
        inFlightRecords++;
        setup.statuses()
                .used(
                        setup.identity().connector(),
                        record.topic(),
                        setup.identity().index());
        return converted;
    }

    /** Null for null, and for what cannot be converted and is left out. */
    private byte @Nullable [] bytes(SourceRecord record, Stage stage, Converter converter, @Nullable Object value) {
        try {
            return converter.toBytes(value);
        } catch (ConversionException failure) {
            if (errors.skip(record.topic(), stage, failure)) {
                return null;
            }
            throw failure;
        }
    }

    // ---- positions

    private void commit() {
        if (committing.isComplete() && phase == Phase.RUNNING) {
            commitNow().onFailure(failure -> warn("positions were not stored; the next attempt covers them", failure));
        }
    }

    private Future<Void> commitNow() {
        committing = committing.transform(before -> {
            List<Future<List<SourceDelivery>>> commits = new ArrayList<>();
            for (SourceLane lane : lanes.values()) {
                if (lane.dirty()) {
                    commits.add(lane.commit());
                }
            }
            if (commits.isEmpty()) {
                return there();
            }
            return Future.join(commits)
                    .onSuccess(stored -> setup.metrics().commits.increment())
                    .onFailure(failure -> setup.metrics().commitFailures.increment())
                    .transform(outcome -> tellSource(commits)
                            .compose(told -> outcome.failed() ? Future.failedFuture(outcome.cause()) : there()));
        });
        return committing;
    }

    private Future<Void> tellSource(List<Future<List<SourceDelivery>>> commits) {
        Future<Void> told = there();
        for (Future<List<SourceDelivery>> commit : commits) {
            if (commit.succeeded()) {
                for (SourceDelivery stored : commit.result()) {
                    told = told.compose(before -> tellSource(stored));
                }
            }
        }
        return told;
    }

    /** Never fails, so that the other source partitions hear of theirs. */
    private Future<Void> tellSource(SourceDelivery stored) {
        return calls.call(() -> task().committed(stored.partition, stored.offset))
                .recover(failure -> {
                    warn("the source failed to note a stored position", failure);
                    return there();
                });
    }

    // ---- ends

    private void fail(Throwable cause) {
        if (!context.inThread()) {
            context.runOnContext(turn -> fail(cause));
            return;
        }
        if (phase == Phase.RUNNING || phase == Phase.STARTING) {
            phase = Phase.FAILED;
            setup.failed().handle(cause);
        }
    }

    @Override
    public Future<Void> stop() {
        Phase was = phase;
        phase = Phase.STOPPING;
        context.owner().cancelTimer(commitTimer);
        retry.wake();
        long half = Math.max(1, setup.limits().stopMillis() / 2);
        SourceLane last = current;
        Future<Void> finished = bounded(polling, half)
                .compose(handedOut -> was == Phase.RUNNING && last != null ? bounded(last.drained(), half) : there())
                .transform(drained -> bounded(commitNow(), half));
        return finished.transform(stored -> {
                    // What is still under way has an outcome that nobody waits for: the next instance asks the log.
                    lanes.values().forEach(SourceLane::close);
                    return bounded(calls.call(this::stopTask), half);
                })
                .recover(failure -> {
                    warn("a task did not stop in order; what it did since its last position is repeated", failure);
                    return there();
                });
    }

    /** Behind the start, which may not have made the task. */
    private Future<Void> stopTask() {
        SourceTask made = task;
        return made == null ? there() : made.stop();
    }

    private void warn(String what, Throwable failure) {
        LOGGER.atWarn()
                .addKeyValue("connector", setup.identity().connector())
                .addKeyValue("task", setup.identity().index())
                .addKeyValue("error", setup.redaction().apply(failure.toString()))
                .log(what);
    }

    private static <T> Future<T> bounded(Future<T> future, long millis) {
        return future.isComplete() ? future : future.timeout(millis, TimeUnit.MILLISECONDS);
    }

    private final class Host implements LaneHost {
        @Override
        public Future<SequencedProducer> producer(long producerId) {
            return setup.client().sequencedProducer(producerId);
        }

        @Override
        public int partitionCount(String topic) {
            TopicView view = setup.client().cluster().topic(topic);
            return view == null || view.partitions().isEmpty()
                    ? -1
                    : view.partitions().size();
        }

        @Override
        public Future<Integer> createTopic(String topic) {
            return setup.client()
                    .topics()
                    .getOrAutoCreate(topic)
                    .map(view -> view.partitions().size());
        }

        @Override
        public @Nullable StoredPosition stored(JsonObject partition) {
            return setup.offsets().position(setup.identity().connector(), partition);
        }

        @Override
        public Future<Void> store(JsonObject partition, StoredPosition position) {
            return setup.offsets().put(setup.identity().connector(), partition, position);
        }

        @Override
        public void schedule(long delayMillis, Runnable task) {
            context.setTimer(Math.max(1, delayMillis), timer -> task.run());
        }

        @Override
        public long nowMillis() {
            return System.nanoTime() / 1_000_000;
        }

        @Override
        public void onSettled(int records, long bytes, boolean published) {
            inFlightRecords -= records;
            inFlightBytes -= bytes;
            if (published) {
                setup.metrics().recordsOut.add(records);
                setup.metrics().bytesOut.add(bytes);
            }
            SourceLane lane = current;
            if (lane != null) {
                lane.onSettled();
            }
            pump();
        }

        @Override
        public boolean tolerates(OutgoingRecord record, Throwable refusal) {
            return errors.skip(record.topic(), Stage.KAFKA_PRODUCE, refusal);
        }

        @Override
        public void onResumed(OutgoingRecord record) {
            inFlightRecords--;
            inFlightBytes -= Chunk.bytesOf(record);
            setup.metrics().recordsResumed.increment();
        }

        @Override
        public void fail(Throwable cause) {
            SourceRunner.this.fail(cause);
        }
    }
}
