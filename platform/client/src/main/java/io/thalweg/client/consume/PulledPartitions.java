package io.thalweg.client.consume;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.ListOffsetRequest;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.client.ConsumerConfig;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Partitions that one owner reads together, choosing itself which to take a record from next. What is read ahead is
 * bounded: for each partition by twice {@link ConsumerConfig#fetchBytesMax()}, for all by
 * {@link ConsumerConfig#bufferBytesMax()}. Confined to the context that created it.
 */
public final class PulledPartitions implements Fetcher.Sink {

    private static final Logger LOGGER = LoggerFactory.getLogger(PulledPartitions.class);
    private static final int RETRY_MIN_MILLIS = 20;
    private static final int RETRY_MAX_MILLIS = 1_000;

    private final BrokerApi broker;
    private final ConsumerConfig config;
    private final PositionLookup lookup;
    private final Fetcher fetcher;
    private final Map<TopicPartition, PartitionReader> readers = new LinkedHashMap<>();
    private @Nullable Handler<Void> handler;
    private @Nullable Handler<Throwable> exceptionHandler;
    private long bufferedBytes;
    private boolean closed;

    public PulledPartitions(Vertx vertx, BrokerApi broker, ConsumerConfig config) {
        ContextInternal context = ((VertxInternal) vertx).getOrCreateContext().unwrap();
        this.broker = broker;
        this.config = config;
        this.lookup = new PositionLookup(context, broker, config);
        this.fetcher = new Fetcher(context, broker, config, this);
    }

    /** Called when records came, or when it became known that there are none; never from within {@code peek}. */
    public PulledPartitions handler(@Nullable Handler<Void> newHandler) {
        handler = newHandler;
        return this;
    }

    /** Hears of what keeps a partition from being read: it stands still then, or tries again if that may help. */
    public PulledPartitions exceptionHandler(@Nullable Handler<Throwable> newHandler) {
        exceptionHandler = newHandler;
        return this;
    }

    /** Begins to read at {@code offset}; one that is out of range is moved as the configured reset says. */
    public PulledPartition add(TopicPartition partition, long offset) {
        if (closed || readers.containsKey(partition) || offset < 0) {
            throw new IllegalArgumentException("cannot be added: partition=" + partition + " offset=" + offset
                    + " closed=" + closed + " present=" + readers.containsKey(partition));
        }
        PartitionReader reader = new PartitionReader(partition);
        TopicView topic = broker.cluster().topic(partition.topic());
        reader.topicId = topic == null ? null : topic.id();
        reader.moveTo(offset);
        readers.put(partition, reader);
        fetcher.run();
        return new PulledPartition(this, reader);
    }

    public void remove(PulledPartition partition) {
        readers.remove(partition.partition(), partition.reader);
        bufferedBytes -= partition.reader.forget();
        fetcher.run();
    }

    /** Where the partition begins now. Fails with UNKNOWN_TOPIC_OR_PARTITION. */
    public Future<Long> beginning(TopicPartition partition) {
        return lookup.offset(partition, ListOffsetRequest.EARLIEST);
    }

    /** Where the partition ends now. Fails with UNKNOWN_TOPIC_OR_PARTITION. */
    public Future<Long> end(TopicPartition partition) {
        return lookup.offset(partition, ListOffsetRequest.LATEST);
    }

    /** Stops reading; nothing is committed, since this is no member of a group. */
    public void close() {
        closed = true;
        fetcher.close();
        readers.values().forEach(PartitionReader::forget);
        readers.clear();
        bufferedBytes = 0;
    }

    @Nullable
    ReceivedRecord peek(PartitionReader reader) {
        long before = reader.bufferedBytes();
        try {
            return reader.peek();
        } catch (ThalwegException damaged) {
            reader.forget();
            reader.stopped = true;
            report(new ThalwegException(
                    damaged.error(),
                    "partition stands still: partition=" + reader.partition + " offset=" + reader.position() + ": "
                            + damaged.getMessage(),
                    damaged));
            return null;
        } finally {
            bufferedBytes += reader.bufferedBytes() - before;
        }
    }

    void refill() {
        fetcher.run();
    }

    private void report(Throwable failure) {
        Handler<Throwable> listening = exceptionHandler;
        if (listening != null) {
            listening.handle(failure);
        } else {
            LOGGER.atWarn().addKeyValue("error", failure.toString()).log("a read failed without a handler");
        }
    }

    // ---- what the fetcher brings

    @Override
    public Iterable<PartitionReader> readers() {
        return readers.values();
    }

    @Override
    public long bufferedBytes() {
        return bufferedBytes;
    }

    @Override
    public void onChunk(PartitionReader reader, FetchedChunk chunk) {
        if (chunk.endOffset() == reader.fetchOffset()) {
            onFetchError(reader, ErrorCode.CORRUPT_MESSAGE, -1);
            return;
        }
        reader.buffer(chunk);
        bufferedBytes += chunk.sizeInBytes();
    }

    @Override
    public void onFetchError(PartitionReader reader, ErrorCode error, long logStartOffset) {
        if (error == ErrorCode.OFFSET_OUT_OF_RANGE) {
            LOGGER.atInfo()
                    .addKeyValue("topic", reader.partition.topic())
                    .addKeyValue("partition", reader.partition.partition())
                    .addKeyValue("offset", reader.fetchOffset())
                    .log("position is out of range: logStartOffset={} reset={}", logStartOffset, config.reset());
            reset(reader);
            return;
        }
        if (reader.failuresInARow == 0 && !error.retriable()) {
            report(new ThalwegException(
                    error, "fetch failed: partition=" + reader.partition + " offset=" + reader.fetchOffset()));
        }
        reader.failuresInARow++;
        long millis = Math.min(RETRY_MAX_MILLIS, (long) RETRY_MIN_MILLIS << Math.min(reader.failuresInARow, 10));
        reader.retryAtMillis = Fetcher.nowMillis() + millis;
    }

    private void reset(PartitionReader reader) {
        bufferedBytes -= reader.forget();
        reader.busy = true;
        int moves = reader.moves;
        lookup.reset(reader.partition).onComplete(found -> {
            if (reader.moves != moves || closed) {
                return;
            }
            if (found.succeeded()) {
                bufferedBytes -= reader.moveTo(found.result());
                fetcher.run();
            } else {
                reader.busy = false;
                reader.stopped = true;
                report(found.cause());
            }
        });
    }

    @Override
    public void onFetched() {
        Handler<Void> listening = handler;
        if (listening != null) {
            listening.handle(null);
        }
        fetcher.run();
    }
}
