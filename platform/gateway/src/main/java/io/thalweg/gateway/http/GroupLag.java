package io.thalweg.gateway.http;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.broker.api.BrokerApi.ListOffsetRequest;
import io.thalweg.coordination.group.api.GroupsApi.CommittedOffset;
import io.thalweg.gateway.http.RecordFetcher.FetchedPage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;

/** How far a group is behind, in records and in time. */
final class GroupLag {
    /** Partitions whose lag in time is looked up, which costs a read each. */
    static final int TIMED_MAX = 256;

    private static final int ONE_BATCH_BYTES = 1;

    /**
     * @param committedOffset -1 if there is none
     * @param endOffset of the partition, -1 if it is not known (any more)
     * @param lag in records, -1 if not known
     * @param lagMillis age of the first record that was not consumed, 0 without lag, -1 if not known
     */
    record PartitionLag(TopicPartition partition, long committedOffset, long endOffset, long lag, long lagMillis) {}

    private final BrokerApi broker;
    private final RecordFetcher fetcher;

    GroupLag(Vertx vertx, BrokerApi broker) {
        this.broker = broker;
        this.fetcher = new RecordFetcher(vertx, broker);
    }

    /** Of what the group committed and what its members are assigned. */
    Future<List<PartitionLag>> of(String groupId, NavigableSet<TopicPartition> assigned) {
        return broker.groups().fetchOffsets(groupId, null, false).compose(committed -> {
            NavigableSet<TopicPartition> ordered = new TreeSet<>(assigned);
            ordered.addAll(committed.keySet());
            List<Future<PartitionLag>> lags = new ArrayList<>();
            int timed = 0;
            for (TopicPartition partition : ordered) {
                lags.add(ofPartition(partition, committed, timed++ < TIMED_MAX));
            }
            return Future.all(lags).map(all -> all.<PartitionLag>list());
        });
    }

    private Future<PartitionLag> ofPartition(
            TopicPartition partition, Map<TopicPartition, CommittedOffset> committed, boolean withTime) {
        CommittedOffset offset = committed.get(partition);
        long next = offset == null ? -1 : offset.offset();
        return broker.listOffset(
                        new ListOffsetRequest(partition, ListOffsetRequest.LATEST, IsolationLevel.READ_UNCOMMITTED, -1))
                .compose(end -> {
                    long lag = next < 0 ? -1 : Math.max(0, end.offset() - next);
                    Future<Long> millis = lag <= 0 || !withTime
                            ? Future.succeededFuture(lag == 0 ? 0L : -1L)
                            : ageOfRecordAt(partition, next);
                    return millis.map(age -> new PartitionLag(partition, next, end.offset(), lag, age));
                })
                .otherwise(gone -> new PartitionLag(partition, next, -1, -1, -1));
    }

    /** Milliseconds since the record was made; -1 if there is none. */
    Future<Long> ageOfRecordAt(TopicPartition partition, long offset) {
        NavigableMap<Integer, Long> position = new TreeMap<>();
        position.put(partition.partition(), offset);
        return fetcher.fetch(partition.topic(), position, 1, ONE_BATCH_BYTES, 0)
                .map(GroupLag::ageOfFirst)
                .otherwise(-1L);
    }

    private static long ageOfFirst(FetchedPage page) {
        return page.records().isEmpty()
                ? -1
                : Math.max(0, System.currentTimeMillis() - page.records().get(0).timestampMillis());
    }
}
