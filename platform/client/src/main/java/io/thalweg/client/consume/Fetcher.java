package io.thalweg.client.consume;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.broker.api.FetchRequest;
import io.thalweg.broker.api.FetchRequest.FetchPartition;
import io.thalweg.broker.api.FetchResult;
import io.thalweg.broker.api.FetchedPartition;
import io.thalweg.client.ConsumerConfig;
import io.thalweg.log.RecordSlices;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps fetches under way while there is room. A fetch covers every partition that none covers yet, so one that is
 * assigned, moved or resumed does not wait for a long poll of the others to end.
 */
final class Fetcher {

    /** What the consumer does with what comes. */
    interface Sink {
        /** Partitions with a position, in any order. */
        Iterable<PartitionReader> readers();

        long bufferedBytes();

        void onChunk(PartitionReader reader, FetchedChunk chunk);

        /** @param logStartOffset -1 if not known */
        void onFetchError(PartitionReader reader, ErrorCode error, long logStartOffset);

        /** After all partitions of an answer. */
        void onFetched();
    }

    private record Asked(PartitionReader reader, int moves, long offset) {}

    private final ContextInternal context;
    private final BrokerApi broker;
    private final ConsumerConfig config;
    private final Sink sink;
    private final long roomMin;
    private long reservedBytes;
    private int rotation;
    private boolean running;
    private boolean scheduled;
    private boolean closed;
    private long wakeTimer = -1;

    Fetcher(ContextInternal context, BrokerApi broker, ConsumerConfig config, Sink sink) {
        this.context = context;
        this.broker = broker;
        this.config = config;
        this.sink = sink;
        this.roomMin = Math.max(1, Math.min(config.fetchBytesMax(), config.bufferBytesMax() / 4));
    }

    void close() {
        closed = true;
        context.owner().cancelTimer(wakeTimer);
    }

    /** Fetches what may be fetched now. Cheap when there is nothing to do. */
    void run() {
        if (running) {
            runLater(); // an answer came at once: let the event loop turn before the next fetch
            return;
        }
        running = true;
        try {
            fetchWhatIsFree();
        } finally {
            running = false;
        }
    }

    private void runLater() {
        if (!scheduled && !closed) {
            scheduled = true;
            context.runOnContext(turn -> {
                scheduled = false;
                run();
            });
        }
    }

    private void fetchWhatIsFree() {
        long room = config.bufferBytesMax() - sink.bufferedBytes() - reservedBytes;
        if (closed || room < roomMin) {
            return;
        }
        int bytesMax = (int) Math.min(config.fetchBytesMax(), room);
        long now = nowMillis();
        long wakeAt = Long.MAX_VALUE;
        List<Asked> asked = new ArrayList<>();
        for (PartitionReader reader : sink.readers()) {
            if (reader.busy || reader.paused || reader.stopped || !reader.positioned()) {
                continue;
            }
            if (reader.bufferedBytes() >= config.fetchBytesMax()) {
                continue; // enough ahead; leave the room to the others
            }
            if (reader.retryAtMillis > now) {
                wakeAt = Math.min(wakeAt, reader.retryAtMillis);
                continue;
            }
            asked.add(new Asked(reader, reader.moves, reader.fetchOffset()));
        }
        if (wakeAt != Long.MAX_VALUE) {
            wakeIn(wakeAt - now);
        }
        if (!asked.isEmpty()) {
            fetch(asked, bytesMax);
        }
    }

    private void fetch(List<Asked> asked, int bytesMax) {
        Collections.rotate(asked, rotation++); // the first ones get the bytes when there are more than fit
        List<FetchPartition> partitions = new ArrayList<>(asked.size());
        for (Asked one : asked) {
            one.reader.busy = true;
            partitions.add(new FetchPartition(one.reader.partition, one.reader.topicId, one.offset, bytesMax, -1, -1));
        }
        reservedBytes += bytesMax;
        broker.fetch(new FetchRequest(partitions, config.maxWaitMillis(), 1, bytesMax, config.isolation()))
                .compose(this::copied)
                .onComplete(outcome -> {
                    reservedBytes -= bytesMax;
                    if (closed) {
                        return;
                    }
                    if (outcome.succeeded()) {
                        onResult(asked, outcome.result());
                    } else {
                        ErrorCode error = ThalwegException.codeOf(outcome.cause());
                        for (Asked one : asked) {
                            if (settle(one)) {
                                sink.onFetchError(one.reader, error, -1);
                            }
                        }
                    }
                    sink.onFetched();
                });
    }

    /** An answer with its bytes in our own memory; a null for a partition that brought none. */
    private record Copied(List<FetchedPartition> partitions, List<@Nullable ByteBuffer> bytes) {}

    private Future<Copied> copied(FetchResult result) {
        boolean inMemory = true;
        for (FetchedPartition partition : result.partitions()) {
            for (RecordSlices.Part part : partition.records().parts()) {
                inMemory &= part instanceof RecordSlices.Memory;
            }
        }
        if (inMemory) {
            try {
                return context.succeededFuture(copy(result));
            } catch (IOException failure) {
                return context.failedFuture(failure);
            }
        }
        return context.executeBlocking(() -> copy(result), false);
    }

    private static Copied copy(FetchResult result) throws IOException {
        try (result) {
            List<@Nullable ByteBuffer> bytes =
                    new ArrayList<>(result.partitions().size());
            for (FetchedPartition partition : result.partitions()) {
                int size = partition.records().sizeInBytes();
                if (size == 0) {
                    bytes.add(null);
                    continue;
                }
                ByteBuffer copy = ByteBuffer.allocate(size);
                partition.records().copyTo(copy);
                bytes.add(copy.flip());
            }
            return new Copied(result.partitions(), bytes);
        }
    }

    private void onResult(List<Asked> asked, Copied result) {
        for (int i = 0; i < asked.size(); i++) {
            Asked one = asked.get(i);
            if (!settle(one)) {
                continue;
            }
            FetchedPartition answer = result.partitions.get(i);
            if (answer.error() != ErrorCode.NONE) {
                sink.onFetchError(one.reader, answer.error(), answer.logStartOffset());
                continue;
            }
            one.reader.failuresInARow = 0;
            one.reader.endOffset = config.isolation() == IsolationLevel.READ_COMMITTED
                    ? answer.lastStableOffset()
                    : answer.highWatermark();
            ByteBuffer bytes = result.bytes.get(i);
            if (bytes != null) {
                sink.onChunk(
                        one.reader,
                        new FetchedChunk(
                                one.reader.partition,
                                bytes,
                                one.offset,
                                config.isolation(),
                                answer.abortedTransactions()));
            }
        }
    }

    /** Whether the partition still waits for this answer. */
    private static boolean settle(Asked one) {
        if (one.reader.moves != one.moves) {
            return false;
        }
        one.reader.busy = false;
        return true;
    }

    private void wakeIn(long millis) {
        context.owner().cancelTimer(wakeTimer);
        wakeTimer = context.setTimer(Math.max(1, millis), timer -> run());
    }

    static long nowMillis() {
        return System.nanoTime() / 1_000_000;
    }
}
