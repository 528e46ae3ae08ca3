package io.thalweg.broker;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.apache.kafka.common.Uuid;

/**
 * What went into and out of each topic since the node's start, for so many topics; those that come later share one account.
 * May be used from any thread at any time.
 */
public final class TopicMetrics {

    /** Each costs a few lines of every scrape. */
    static final int TOPICS_MAX = 200;

    private final ConcurrentMap<Uuid, Traffic> topics = new ConcurrentHashMap<>();
    private final Traffic others = new Traffic(Uuid.ZERO_UUID);
    private final int topicsMax;

    TopicMetrics(int topicsMax) {
        this.topicsMax = topicsMax;
    }

    /** Of one topic. */
    public static final class Traffic {
        private final Uuid topicId;
        private final LongAdder recordsIn = new LongAdder();
        private final LongAdder bytesIn = new LongAdder();
        private final LongAdder recordsOut = new LongAdder();
        private final LongAdder bytesOut = new LongAdder();

        private Traffic(Uuid topicId) {
            this.topicId = topicId;
        }

        /** Zero for the topics that have no account of their own. */
        public Uuid topicId() {
            return topicId;
        }

        /** Records that were appended. */
        public long recordsIn() {
            return recordsIn.sum();
        }

        /** Bytes of their batches, as they were sent. */
        public long bytesIn() {
            return bytesIn.sum();
        }

        /** Offsets that fetches passed over; as many records, where compaction left no gaps. */
        public long recordsOut() {
            return recordsOut.sum();
        }

        /** Bytes of batches in answers to fetches. */
        public long bytesOut() {
            return bytesOut.sum();
        }
    }

    void appended(Uuid topicId, long records, long bytes) {
        Traffic traffic = of(topicId);
        traffic.recordsIn.add(records);
        traffic.bytesIn.add(bytes);
    }

    void fetched(Uuid topicId, long records, long bytes) {
        Traffic traffic = of(topicId);
        traffic.recordsOut.add(records);
        traffic.bytesOut.add(bytes);
    }

    private Traffic of(Uuid topicId) {
        Traffic known = topics.get(topicId);
        if (known != null) {
            return known;
        }
        synchronized (this) {
            return topics.size() < topicsMax ? topics.computeIfAbsent(topicId, Traffic::new) : others;
        }
    }

    /** Those with an account of their own. */
    public Collection<Traffic> topics() {
        return List.copyOf(topics.values());
    }

    /** The sum over all others. */
    public Traffic others() {
        return others;
    }

    /** Closes the accounts of topics that are gone, so that others may have them. */
    public void retain(Predicate<Uuid> exists) {
        topics.keySet().removeIf(topicId -> !exists.test(topicId));
    }
}
