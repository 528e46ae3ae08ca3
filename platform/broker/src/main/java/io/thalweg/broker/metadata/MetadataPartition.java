package io.thalweg.broker.metadata;

import io.thalweg.broker.partition.Partition;
import io.thalweg.broker.storage.PartitionReplay;
import io.thalweg.broker.topic.TopicName;
import io.thalweg.log.LogConfig;
import io.thalweg.log.LogDirectory;
import io.thalweg.log.LogId;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.ReadLimits;
import io.thalweg.log.record.RecordVisitor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** The partition {@code __metadata}: how it is kept, written and read. */
public final class MetadataPartition {

    /** The same in every cluster, so that the partition can be found before any metadata is known. */
    public static final LogId ID = new LogId(new Uuid(0L, 1L), 0);

    public static final TopicPartition NAME = new TopicPartition(TopicName.METADATA, 0);

    /** A batch must hold the largest topic that a node can have. */
    private static final int BATCH_BYTES_MAX = 64 << 20;

    /** A node that was away for less hears of every deletion; longer than anybody stays away. */
    private static final Duration TOMBSTONES_KEPT = Duration.ofDays(365);

    private static final LogConfig ALONE = LogConfig.defaults()
            .with()
            .compact(true)
            .delete(false)
            .maxMessageBytes(BATCH_BYTES_MAX)
            .segmentBytes(128 << 20)
            .retentionMillis(-1)
            .timestampAfterMaxMillis(Long.MAX_VALUE)
            .build();

    private static final LogConfig REPLICATED = ALONE.with()
            .maxMessageBytes(16 << 20)
            .deleteRetentionMillis(TOMBSTONES_KEPT.toMillis())
            .build();

    private MetadataPartition() {}

    /** On a node that stands alone. */
    public static Partition alone(LogDirectory directory) {
        return new Partition(NAME, ID.topicId(), directory.log(ID, ALONE), 0, ALONE, 1);
    }

    /** On one of many nodes. */
    public static Partition replica(LogDirectory directory) {
        Partition partition = new Partition(NAME, ID.topicId(), directory.log(ID, REPLICATED), 0, REPLICATED, 1, false);
        partition.log().takeWhenFull(true);
        return partition;
    }

    /**
     * Applies the committed records from an offset on. Blocks on disk.
     *
     * @return the offset after the last one
     */
    public static long replay(Partition partition, long from, MetadataImage.Draft draft) throws IOException {
        return PartitionReplay.replay(partition.log(), from, ReadLimits.defaults(), into(draft));
    }

    /** Applies all that the log holds, committed or not: what may have been. Blocks on disk. */
    public static void replayAll(Partition partition, MetadataImage.Draft draft) throws IOException {
        PartitionReplay.replayAll(partition.log(), ReadLimits.defaults(), into(draft));
    }

    private static RecordVisitor into(MetadataImage.Draft draft) {
        return replayed -> {
            ByteBuffer key = replayed.key();
            if (key == null) {
                throw new ThalwegException(
                        ErrorCode.CORRUPT_MESSAGE, "metadata record has no key: offset=" + replayed.offset());
            }
            draft.apply(MetadataRecordCodec.decode(key, replayed.value()));
            return true;
        };
    }

    public static BatchBuilder batch(List<MetadataRecord> records, long nowMillis) {
        BatchBuilder batch = BatchBuilder.uncompressed();
        for (MetadataRecord metadata : records) {
            MetadataRecordCodec.encode(metadata, (key, value) -> batch.append(nowMillis, key, value));
        }
        return batch;
    }
}
