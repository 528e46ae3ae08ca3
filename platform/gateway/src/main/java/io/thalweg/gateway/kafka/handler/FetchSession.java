package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.FetchedPartition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;

/**
 * The partitions that one consumer reads, kept between its fetches so that each request names only what changed and each
 * response only what has news (KIP-227). Its methods lock the session.
 */
final class FetchSession {

    static final int NONE = 0;
    static final int INITIAL_EPOCH = 0;
    static final int FINAL_EPOCH = -1;

    /** Key of a partition: by name up to Fetch 12, by id from 13 on; the other one is then "" or zero. */
    record PartitionKey(String topic, Uuid topicId, int partition) {}

    /** What the consumer wants of a partition now. */
    record Wanted(PartitionKey key, long offset, int maxBytes, int currentLeaderEpoch, int lastFetchedEpoch) {

        static Wanted of(FetchTopic topic, FetchPartition partition) {
            return new Wanted(
                    new PartitionKey(topic.topic(), topic.topicId(), partition.partition()),
                    partition.fetchOffset(),
                    partition.partitionMaxBytes(),
                    partition.currentLeaderEpoch(),
                    partition.lastFetchedEpoch());
        }
    }

    /** What the consumer was told last; -1 before it was told anything, which makes any answer news. */
    private record Told(long highWatermark, long logStartOffset) {
        static final Told NOTHING = new Told(-1, -1);
    }

    private record Entry(Wanted wanted, Told told) {}

    private final int id;
    private final boolean byTopicId;
    private final Map<PartitionKey, Entry> partitions = new LinkedHashMap<>();

    /** Of the request that must come next; wraps to 1. */
    private int epoch = INITIAL_EPOCH + 1;

    FetchSession(int id, boolean byTopicId, List<Wanted> wanted) {
        this.id = id;
        this.byTopicId = byTopicId;
        wanted.forEach(partition -> partitions.put(partition.key(), new Entry(partition, Told.NOTHING)));
    }

    int id() {
        return id;
    }

    synchronized int size() {
        return partitions.size();
    }

    synchronized boolean expects(int requestEpoch) {
        return epoch == requestEpoch;
    }

    boolean byTopicId() {
        return byTopicId;
    }

    /** Takes an incremental request's changes in, moves to the next epoch, and lists what is wanted now. */
    synchronized List<Wanted> advance(FetchRequestData request) {
        for (ForgottenTopic topic : request.forgottenTopicsData()) {
            for (int partition : topic.partitions()) {
                partitions.remove(new PartitionKey(topic.topic(), topic.topicId(), partition));
            }
        }
        for (FetchTopic topic : request.topics()) {
            for (FetchPartition partition : topic.partitions()) {
                Wanted wanted = Wanted.of(topic, partition);
                Entry known = partitions.get(wanted.key());
                partitions.put(wanted.key(), new Entry(wanted, known == null ? Told.NOTHING : known.told()));
            }
        }
        epoch = epoch == Integer.MAX_VALUE ? 1 : epoch + 1;
        List<Wanted> wanted = new ArrayList<>(partitions.size());
        partitions.values().forEach(entry -> wanted.add(entry.wanted()));
        return wanted;
    }

    /**
     * Notes what a partition answers, and tells whether that is news. A partition with records goes to the end of the
     * order, so that one that always has some does not starve the others of the response's bytes.
     */
    synchronized boolean noteAndTest(PartitionKey key, FetchedPartition answer) {
        Entry entry = partitions.get(key);
        if (entry == null) {
            return true;
        }
        boolean failed = answer.error().code() != 0 || answer.divergingEpoch() != null;
        boolean records = answer.records().sizeInBytes() > 0;
        Told told = new Told(answer.highWatermark(), answer.logStartOffset());
        boolean news = failed || records || !told.equals(entry.told());
        if (news) {
            // A failure is told again and again until it is gone, and so is the first answer after it.
            Entry updated = new Entry(entry.wanted(), failed ? Told.NOTHING : told);
            if (records) {
                partitions.remove(key);
            }
            partitions.put(key, updated);
        }
        return news;
    }
}
