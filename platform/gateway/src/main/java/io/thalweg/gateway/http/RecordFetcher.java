package io.thalweg.gateway.http;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.broker.api.FetchRequest;
import io.thalweg.broker.api.FetchRequest.FetchPartition;
import io.thalweg.broker.api.FetchResult;
import io.thalweg.broker.api.FetchedPartition;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.log.RecordSlices;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/** One stateless read of a topic's partitions. */
public final class RecordFetcher {
    /** What a read brought, and where the next one goes on. */
    public record FetchedPage(List<ReceivedRecord> records, NavigableMap<Integer, Long> next) {}

    private final Vertx vertx;
    private final BrokerApi broker;

    public RecordFetcher(Vertx vertx, BrokerApi broker) {
        this.vertx = vertx;
        this.broker = broker;
    }

    /**
     * Reads from each position, partition after partition, at most {@code limit} records and about {@code maxBytes} of
     * keys and values, waiting up to {@code waitMillis} for the first record. Fails with the first partition's error.
     */
    public Future<FetchedPage> fetch(
            String topic, SortedMap<Integer, Long> positions, int limit, int maxBytes, int waitMillis) {
        List<FetchPartition> partitions = new ArrayList<>(positions.size());
        for (Map.Entry<Integer, Long> position : positions.entrySet()) {
            partitions.add(new FetchPartition(
                    new TopicPartition(topic, position.getKey()), null, position.getValue(), maxBytes, -1, -1));
        }
        return broker.fetch(new FetchRequest(partitions, waitMillis, 1, maxBytes, IsolationLevel.READ_COMMITTED))
                .compose(result -> decodeWhereItMay(result, positions, limit, maxBytes));
    }

    /** Bytes in memory are decoded here; regions of files are read on a worker, since that blocks. */
    private Future<FetchedPage> decodeWhereItMay(
            FetchResult result, SortedMap<Integer, Long> positions, int limit, int maxBytes) {
        for (FetchedPartition partition : result.partitions()) {
            for (RecordSlices.Part part : partition.records().parts()) {
                if (part instanceof RecordSlices.Region) {
                    return vertx.executeBlocking(() -> decode(result, positions, limit, maxBytes), false);
                }
            }
        }
        try {
            return Future.succeededFuture(decode(result, positions, limit, maxBytes));
        } catch (ThalwegException | IOException failure) {
            return Future.failedFuture(failure);
        }
    }

    private static FetchedPage decode(FetchResult result, SortedMap<Integer, Long> positions, int limit, int maxBytes)
            throws IOException {
        try (result) {
            List<ReceivedRecord> records = new ArrayList<>();
            NavigableMap<Integer, Long> next = new TreeMap<>(positions);
            long bytesLeft = maxBytes;
            for (FetchedPartition fetched : result.partitions()) {
                checkError(fetched);
                int index = fetched.partition().partition();
                Long from = positions.get(index);
                if (from == null || records.size() >= limit || bytesLeft <= 0) {
                    continue;
                }
                FetchedRecords decoded = FetchedRecords.decode(
                        fetched, copy(fetched.records()), from, limit - records.size(), bytesLeft);
                records.addAll(decoded.records());
                bytesLeft -= decoded.bytes();
                next.put(index, decoded.nextOffset());
            }
            return new FetchedPage(records, next);
        }
    }

    private static ByteBuffer copy(RecordSlices slices) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(slices.sizeInBytes());
        slices.copyTo(bytes);
        return bytes.flip();
    }

    private static void checkError(FetchedPartition fetched) {
        ErrorCode error = fetched.error();
        if (error == ErrorCode.OFFSET_OUT_OF_RANGE) {
            throw new ThalwegException(
                    error,
                    "offset is out of range: partition=" + fetched.partition() + " earliest=" + fetched.logStartOffset()
                            + " latest=" + fetched.highWatermark() + "; go on from there, or from=earliest");
        }
        if (error != ErrorCode.NONE) {
            throw new ThalwegException(error, "read failed: partition=" + fetched.partition() + " error=" + error);
        }
    }
}
