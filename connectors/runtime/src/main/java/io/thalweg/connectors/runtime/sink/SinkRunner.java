package io.thalweg.connectors.runtime.sink;

import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.client.Consumer;
import io.thalweg.client.Consumer.AssignmentChange;
import io.thalweg.client.ConsumerConfig;
import io.thalweg.client.ConsumerConfig.Reset;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.connectors.api.SinkPlugin;
import io.thalweg.connectors.api.SinkRecord;
import io.thalweg.connectors.api.SinkTask;
import io.thalweg.connectors.runtime.convert.ConversionException;
import io.thalweg.connectors.runtime.task.DeadLetters;
import io.thalweg.connectors.runtime.task.PluginCalls;
import io.thalweg.connectors.runtime.task.Retry;
import io.thalweg.connectors.runtime.task.Stage;
import io.thalweg.connectors.runtime.task.TaskRunner;
import io.thalweg.connectors.runtime.task.TaskSetup;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands records to a sink, one batch at a time, and commits what it flushed. Confined to the runner's context. Everything that
 * calls the plugin goes through one queue: {@link #inTurn}.
 */
public final class SinkRunner implements TaskRunner {

    private static final Logger LOGGER = LoggerFactory.getLogger(SinkRunner.class);
    private static final int TOPICS_MILLIS = 1_000;

    /** What Kafka Connect calls a connector's consumer group. */
    private static final String GROUP_PREFIX = "connect-";

    private enum Phase {
        STARTING,
        RUNNING,
        FAILED,
        STOPPING
    }

    private final TaskSetup setup;
    private final PluginCalls calls;
    private final ContextInternal context;
    private final SinkPlugin plugin;
    private final Retry retry;
    private final DeadLetters errors;
    private final SinkRecords records;

    /** Confined to the plugin's context. */
    private @Nullable SinkTask task;

    private @Nullable Consumer consumer;
    private Phase phase = Phase.STARTING;

    /** Of what was put and is not committed. */
    private final Map<TopicPartition, Long> uncommitted = new HashMap<>();

    /** What the plugin was told that it has. */
    private final Set<TopicPartition> held = new HashSet<>();

    /**
     * Losses that the plugin has not heard of yet, by partition. Whoever owns it by now may be further on: nothing is put or
     * committed for it.
     */
    private final Map<TopicPartition, Integer> lost = new HashMap<>();

    /** The last call in the queue. */
    private Future<Void> last = Future.succeededFuture();

    private Set<String> subscribed = Set.of();
    private boolean commitWaiting;

    /** The plugin was told to stop: nothing else is told to it any more. */
    private boolean stopped;

    /** Who keeps records from coming. */
    private int holds;

    private long commitTimer = -1;
    private long topicsTimer = -1;

    public SinkRunner(TaskSetup setup, PluginCalls calls, SinkPlugin plugin) {
        this.setup = setup;
        this.calls = calls;
        this.context = calls.runner();
        this.plugin = plugin;
        this.retry = new Retry(context, setup, () -> phase != Phase.RUNNING);
        this.errors = new DeadLetters(setup);
        this.records = new SinkRecords(setup.settings(), errors);
    }

    /** The consumer group of a connector. */
    public static String group(String connector) {
        return GROUP_PREFIX + connector;
    }

    @Override
    public Future<Void> start() {
        return calls.call(() -> {
                    SinkTask made = plugin.newTask();
                    task = made;
                    return made.start(new SinkContext(setup, new TaskCallbacks()));
                })
                .map(started -> {
                    if (phase == Phase.STARTING) {
                        phase = Phase.RUNNING;
                        openConsumer();
                        commitTimer =
                                context.setPeriodic(setup.settings().commitIntervalMillis(), timer -> commitSoon());
                        topicsTimer = context.setPeriodic(TOPICS_MILLIS, timer -> subscribe());
                        subscribe();
                    }
                    return null;
                });
    }

    /** On the plugin's context. */
    private SinkTask task() {
        return java.util.Objects.requireNonNull(task);
    }

    private Consumer consumer() {
        return java.util.Objects.requireNonNull(consumer);
    }

    private void openConsumer() {
        Consumer opened = setup.client()
                .consumer(new ConsumerConfig(
                        group(setup.identity().connector()),
                        null,
                        "connector-consumer-" + setup.identity(),
                        Reset.EARLIEST,
                        IsolationLevel.READ_COMMITTED,
                        0,
                        10_000,
                        500,
                        1 << 20,
                        4 << 20));
        consumer = opened;
        opened.exceptionHandler(this::fail);
        opened.assignmentHandler(this::onAssignment);
        opened.revocationHandler(this::giveBack);
        opened.batchHandler(this::onRecords);
    }

    /** A pattern finds topics that come later; names are told once, and joined when they exist. */
    private void subscribe() {
        if (phase != Phase.RUNNING) {
            return;
        }
        Set<String> wanted = new HashSet<>(setup.settings().topics());
        var pattern = setup.settings().topicsRegex();
        if (pattern != null) {
            setup.client().cluster().topics().forEach((name, topic) -> {
                boolean own = topic.internal() || name.startsWith("__");
                if (!own && pattern.matcher(name).matches()) {
                    wanted.add(name);
                }
            });
        }
        if (!wanted.isEmpty() && !wanted.equals(subscribed)) {
            subscribed = wanted;
            consumer().subscribe(wanted).onFailure(this::fail);
        }
    }

    // ---- one call after the other

    private Future<Void> inTurn(Supplier<Future<Void>> call) {
        last = last.transform(before -> call.get());
        return last;
    }

    // ---- records

    private void onRecords(List<ReceivedRecord> batch) {
        hold();
        inTurn(() -> phase == Phase.RUNNING ? put(batch) : there()).onComplete(this::release);
    }

    /** No more records until {@link #release} was called as often. */
    private void hold() {
        holds++;
        consumer().pause();
    }

    private void release(AsyncResult<Void> outcome) {
        holds--;
        if (outcome.failed()) {
            fail(outcome.cause());
        } else if (holds == 0 && phase == Phase.RUNNING) {
            consumer().resume();
        }
    }

    private Future<Void> put(List<ReceivedRecord> batch) {
        ReceivedRecord newest = batch.get(batch.size() - 1);
        TopicPartition partition = new TopicPartition(newest.topic(), newest.partition());
        if (!held.contains(partition) || lost.containsKey(partition)) {
            return there(); // lost meanwhile: its next owner gets them
        }
        setup.metrics().recordsIn.add(batch.size());
        setup.statuses()
                .used(
                        setup.identity().connector(),
                        newest.topic(),
                        setup.identity().index());
        return records.convert(batch).compose(converted -> {
            Future<Void> taken =
                    converted.isEmpty() ? there() : retry.run("put", () -> calls.call(() -> task().put(converted)));
            return taken.map(done -> {
                setup.metrics().recordsOut.add(converted.size());
                uncommitted.put(partition, newest.offset() + 1);
                return null;
            });
        });
    }

    // ---- commits

    private void commitSoon() {
        if (phase == Phase.RUNNING && !commitWaiting && !uncommitted.isEmpty()) {
            commitWaiting = true;
            inTurn(() -> {
                        commitWaiting = false;
                        return phase == Phase.RUNNING ? flushAndCommit() : there();
                    })
                    .onFailure(this::fail);
        }
    }

    /** Fails if the flush does; a commit that fails is covered by the next. */
    private Future<Void> flushAndCommit() {
        if (uncommitted.isEmpty() || stopped) {
            return there();
        }
        Map<TopicPartition, Long> flushing = Map.copyOf(uncommitted);
        return retry.run("flush", () -> calls.call(() -> task().flush())).compose(flushed -> commit(flushing));
    }

    private Future<Void> commit(Map<TopicPartition, Long> flushed) {
        Map<TopicPartition, Long> offsets = new HashMap<>(flushed);
        offsets.keySet().removeAll(lost.keySet());
        if (offsets.isEmpty() || stopped) {
            return there();
        }
        return consumer().commit(offsets).transform(outcome -> {
            if (outcome.succeeded()) {
                setup.metrics().commits.increment();
                offsets.forEach(uncommitted::remove);
            } else {
                setup.metrics().commitFailures.increment();
                warn("offsets were not committed; the next commit covers them", outcome.cause());
            }
            return there();
        });
    }

    // ---- partitions

    private void onAssignment(AssignmentChange change) {
        if (!change.gained().isEmpty()) {
            hold(); // what is read before the plugin said where to begin is not for it
            inTurn(() -> take(change.gained())).onComplete(this::release);
        }
        if (!change.lost().isEmpty()) {
            change.lost().forEach(partition -> lost.merge(partition, 1, Integer::sum));
            inTurn(() -> {
                        change.lost()
                                .forEach(partition -> lost.computeIfPresent(
                                        partition, (same, count) -> count == 1 ? null : count - 1));
                        return tellRevoked(change.lost());
                    })
                    .onFailure(this::fail);
        }
    }

    private Future<Void> take(Set<TopicPartition> gained) {
        if (phase != Phase.RUNNING) {
            return there();
        }
        held.addAll(gained);
        return retry.run("assigned", () -> calls.call(() -> task().assigned(toApi(gained))))
                .compose(offsets -> {
                    Future<Void> moved = there();
                    for (var entry : offsets.entrySet()) {
                        TopicPartition partition = new TopicPartition(
                                entry.getKey().topic(), entry.getKey().partition());
                        if (consumer().assignment().contains(partition)) {
                            moved = moved.compose(before -> consumer().seek(partition, entry.getValue()));
                        }
                    }
                    return moved;
                });
    }

    /** Before a rebalance: what was put is made durable and committed, then the plugin lets go. */
    private Future<Void> giveBack(Set<TopicPartition> partitions) {
        return inTurn(() -> (phase == Phase.RUNNING ? flushAndCommit() : there())
                        .transform(flushed -> tellRevoked(partitions)
                                .compose(told -> flushed.failed() ? Future.failedFuture(flushed.cause()) : there())))
                .onFailure(this::fail);
    }

    private Future<Void> tellRevoked(Set<TopicPartition> partitions) {
        Set<TopicPartition> told = new HashSet<>(partitions);
        told.retainAll(held);
        held.removeAll(told);
        told.forEach(uncommitted::remove);
        return told.isEmpty() || stopped ? there() : calls.call(() -> task().revoked(toApi(told)));
    }

    private static Set<io.thalweg.connectors.api.TopicPartition> toApi(Set<TopicPartition> partitions) {
        Set<io.thalweg.connectors.api.TopicPartition> converted = new HashSet<>();
        partitions.forEach(partition ->
                converted.add(new io.thalweg.connectors.api.TopicPartition(partition.topic(), partition.partition())));
        return converted;
    }

    // ---- ends

    private void fail(Throwable cause) {
        if (!context.inThread()) {
            context.runOnContext(turn -> fail(cause));
        } else if (phase == Phase.RUNNING || phase == Phase.STARTING) {
            phase = Phase.FAILED;
            setup.failed().handle(cause);
        }
    }

    @Override
    public Future<Void> stop() {
        boolean inOrder = phase == Phase.RUNNING;
        phase = Phase.STOPPING;
        context.owner().cancelTimer(commitTimer);
        context.owner().cancelTimer(topicsTimer);
        retry.wake();
        Consumer opened = consumer;
        if (opened != null) {
            opened.pause();
        }
        long half = Math.max(1, setup.limits().stopMillis() / 2);
        Future<Void> finished = inTurn(
                () -> (inOrder ? flushAndCommit() : there()).transform(flushed -> tellRevoked(Set.copyOf(held))));
        return bounded(finished, half)
                .transform(done -> {
                    // Also while a put is under way: it must not go on beside the next instance.
                    stopped = true;
                    return bounded(calls.call(this::stopTask), half)
                            .compose(ended -> done.failed() ? Future.failedFuture(done.cause()) : there());
                })
                .onFailure(failure ->
                        warn("a task did not stop in order; what it did since its last commit is repeated", failure))
                .transform(ended -> opened == null ? there() : bounded(opened.close(), half))
                .transform(closed -> there());
    }

    /** Behind the start, which may not have made the task. */
    private Future<Void> stopTask() {
        SinkTask made = task;
        return made == null ? there() : made.stop();
    }

    private static <T> Future<T> bounded(Future<T> future, long millis) {
        return future.isComplete() ? future : future.timeout(millis, TimeUnit.MILLISECONDS);
    }

    private static Future<Void> there() {
        return Future.succeededFuture();
    }

    private void warn(String what, Throwable failure) {
        LOGGER.atWarn()
                .addKeyValue("connector", setup.identity().connector())
                .addKeyValue("task", setup.identity().index())
                .addKeyValue("error", setup.redaction().apply(failure.toString()))
                .log(what);
    }

    private final class TaskCallbacks implements SinkContext.Callbacks {
        @Override
        public Future<Void> refuse(SinkRecord record, Throwable cause) {
            // Answered where it was asked: what the plugin does next may block, and is its own context's.
            Promise<Void> promise =
                    ((VertxInternal) setup.vertx()).getOrCreateContext().promise();
            context.runOnContext(turn -> refused(record, cause).onComplete(promise));
            return promise.future();
        }

        private Future<Void> refused(SinkRecord record, Throwable cause) {
            try {
                return errors.refuse(records.original(record), Stage.TASK_PUT, cause);
            } catch (ConversionException unreadable) {
                return Future.failedFuture(unreadable);
            }
        }

        @Override
        public void requestCommit() {
            context.runOnContext(turn -> commitSoon());
        }

        @Override
        public void fail(Throwable cause) {
            SinkRunner.this.fail(cause);
        }
    }
}
