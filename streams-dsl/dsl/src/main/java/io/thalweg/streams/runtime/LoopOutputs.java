package io.thalweg.streams.runtime;

import io.thalweg.broker.api.BrokerApi.Acks;
import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.Producer;
import io.thalweg.client.Producer.SendOutcome;
import io.thalweg.client.ProducerConfig;
import io.thalweg.streams.runtime.StreamsRuntimeConfig.ProductionPolicy;
import io.thalweg.streams.runtime.TaskOutputs.Produced;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** Sends what one processor's tasks produce, and counts what is not acknowledged. Confined. */
final class LoopOutputs {

    private static final int PRODUCE_BATCH_BYTES_MAX = 256 << 10;
    private static final int DELIVERY_TIMEOUT_MILLIS = 30_000;

    /** Whom to tell of what became of outputs. */
    interface Listener {

        /** An output of the task is not there, so that nothing behind it counts. */
        void onLost(TaskRunner runner, Throwable failure);

        /** Another instance has the task's changelogs. */
        void onFenced(TaskRunner runner, FencedException fence);

        /** Called when {@link #full} said so before. */
        void onRoom();
    }

    private final ApplicationRun app;
    private final Producer producer;
    private final Warnings warnings;
    private final Listener listener;

    /** Sent and not acknowledged. */
    private long outstandingBytes;

    private boolean awaited;

    /** To be called on the context that owns it. */
    LoopOutputs(ApplicationRun app, Warnings warnings, Listener listener) {
        this.app = app;
        this.warnings = warnings;
        this.listener = listener;
        this.producer = app.client()
                .producer(new ProducerConfig(
                        Acks.ALL,
                        PRODUCE_BATCH_BYTES_MAX,
                        Math.max(32L << 20, 4 * app.config().outputBytesMax()),
                        true,
                        DELIVERY_TIMEOUT_MILLIS));
    }

    /** Whether nothing more is to be produced for now; {@link Listener#onRoom} is called later then. */
    boolean full() {
        awaited = outstandingBytes >= app.config().outputBytesMax();
        return awaited;
    }

    /** Sends what the task has collected; answers how many bytes. */
    long send(TaskRunner runner) {
        TaskOutputs outputs = runner.outputs();
        if (outputs.isEmpty() || runner.state() == TaskState.FAILED || runner.state() == TaskState.CLOSED) {
            return 0;
        }
        long bytes = outputs.bytes();
        Produced produced = outputs.take();
        AckBarrier barrier = runner.progress().barrier();
        barrier.sent();
        outstandingBytes += bytes;
        app.metrics().producedRecords.add(produced.count());
        app.metrics().producedBytes.add(bytes);
        List<Future<?>> parts = new ArrayList<>();
        if (!produced.emitted().isEmpty()) {
            parts.add(producer.send(produced.emitted())
                    .onComplete(outcome -> onSent(runner, produced.emitted(), outcome)));
        }
        produced.changes()
                .forEach((store, changes) -> parts.add(runner.changelogs()
                        .append(store, changes)
                        .onComplete(outcome -> onChanged(runner, barrier, store, outcome))));
        Future.join(parts).onComplete(outcome -> onSettled(barrier, bytes));
        return bytes;
    }

    private void onSent(TaskRunner runner, List<OutgoingRecord> records, AsyncResult<List<SendOutcome>> outcome) {
        if (outcome.failed()) {
            listener.onLost(runner, outcome.cause());
            return;
        }
        for (int i = 0; i < records.size(); i++) {
            Throwable refusal = outcome.result().get(i).failure();
            if (refusal != null) {
                onRefused(runner, records.get(i), refusal);
            }
        }
    }

    private void onRefused(TaskRunner runner, OutgoingRecord record, Throwable failure) {
        boolean ownTopic = app.topology().internalTopics().stream()
                .anyMatch(topic -> topic.name().equals(record.topic()));
        if (app.config().production() == ProductionPolicy.FAIL || ownTopic) {
            listener.onLost(runner, failure);
        } else {
            app.metrics().skippedProductions.increment();
            warnings.warn("a record was refused and left out", failure);
        }
    }

    private void onChanged(TaskRunner runner, AckBarrier barrier, String store, AsyncResult<Long> outcome) {
        if (outcome.succeeded()) {
            barrier.changed(store, outcome.result());
        } else if (outcome.cause() instanceof FencedException fence) {
            listener.onFenced(runner, fence);
        } else {
            listener.onLost(runner, outcome.cause());
        }
    }

    /** After the task failed, if it did, so that it is not committed. */
    private void onSettled(AckBarrier barrier, long bytes) {
        outstandingBytes -= bytes;
        barrier.acknowledged();
        if (awaited && outstandingBytes < app.config().outputBytesMax()) {
            awaited = false;
            listener.onRoom();
        }
    }

    Future<Void> close() {
        return producer.close();
    }
}
